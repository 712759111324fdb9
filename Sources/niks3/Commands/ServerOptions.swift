import ArgumentParser
import CacheClient
import CurlKit
import Logging

/// Which server to talk to, and how to prove who we are.
struct ServerOptions: ParsableArguments {
    @Option(
        name: .customLong("server-url"),
        help: ArgumentHelp("The address of the server. Otherwise NIKS3_SERVER_URL.", valueName: "url"))
    var serverURL: String?

    @Option(
        help: ArgumentHelp(
            "The file of the API token. Otherwise NIKS3_AUTH_TOKEN_FILE, then niks3/auth-token in the configuration directory.",
            valueName: "file"))
    var authTokenPath: String?

    @Option(
        help: ArgumentHelp(
            "The API token itself. Deprecated: every user of this machine can see it.", valueName: "token"))
    var authToken: String?

    @Option(help: ArgumentHelp("A client certificate in PEM; with one, a token is not needed.", valueName: "file"))
    var clientCert: String?

    @Option(help: ArgumentHelp("The key of the client certificate in PEM.", valueName: "file"))
    var clientKey: String?

    @Option(
        help: ArgumentHelp("Certificates in PEM that are trusted instead of the system's.", valueName: "file"))
    var caCert: String?

    func validate() throws {
        guard clientKey == nil || clientCert != nil else {
            throw ValidationError("--client-key needs --client-cert: give the certificate that the key belongs to.")
        }
    }

    /// The client for the server.
    ///
    /// - Parameters:
    ///   - environment: The variables of the process.
    ///   - console: Where warnings and HTTP heads go.
    func makeClient(environment: [String: String], console: Console) throws(ClientError) -> APIClient {
        guard let address = serverURL ?? environment["NIKS3_SERVER_URL"], !address.isEmpty else {
            throw ClientError(
                .invalidArgument, "No server is named: give its address with --server-url or in NIKS3_SERVER_URL.")
        }
        let server = try ServerURL(address)
        if authToken != nil {
            console.log(.warning, "--auth-token shows the token to every user of this machine: use --auth-token-path.")
        }
        let credentials = Credentials(
            tokenPath: authTokenPath, token: authToken, hasClientCertificate: clientCert != nil)
        let tokens = try credentials.tokenSource(environment: environment)
        var configuration = HTTPClientConfiguration()
        configuration.userAgent = "niks3/\(Version.current)"
        configuration.certificateAuthorityFile = caCert
        configuration.clientCertificateFile = clientCert
        configuration.clientKeyFile = clientKey
        if console.isDebugging { configuration.debugHook = { console.log(.debug, $0) } }
        return APIClient(server: server, tokens: tokens, http: HTTPClient(configuration: configuration)) { retry in
            console.retrying(retry)
        }
    }
}
