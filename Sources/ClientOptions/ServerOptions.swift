package import ArgumentParser
package import CacheClient
package import CurlKit
package import Logging
import ProgramKit

/// Which server to talk to, and how to prove who we are.
package struct ServerOptions: ParsableArguments {
    @Option(
        name: .customLong("server-url"),
        help: ArgumentHelp("The address of the server. Otherwise NIKS3_SERVER_URL.", valueName: "url"))
    package var serverURL: String?

    @Option(
        help: ArgumentHelp(
            "A command, not run by a shell, that prints {\"token\":…,\"expires_at\":…}: the API token and its end.",
            valueName: "command"))
    package var authTokenScript: String?

    @Option(
        help: ArgumentHelp(
            "The file of the API token. Otherwise NIKS3_AUTH_TOKEN_FILE, then niks3/auth-token in the configuration directory.",
            valueName: "file"))
    package var authTokenPath: String?

    @Option(
        help: ArgumentHelp(
            "The API token itself. Deprecated: every user of this machine can see it.", valueName: "token"))
    package var authToken: String?

    @Option(
        help: ArgumentHelp(
            "Take the token from the CI that runs this: github (needs `permissions: id-token: write`) or gitlab (needs "
                + "`id_tokens: NIKS3_ID_TOKEN`).", valueName: "provider"))
    package var oidc: OIDCProvider?

    @Option(help: ArgumentHelp("A client certificate in PEM; with one, a token is not needed.", valueName: "file"))
    package var clientCert: String?

    @Option(help: ArgumentHelp("The key of the client certificate in PEM.", valueName: "file"))
    package var clientKey: String?

    @Option(
        help: ArgumentHelp("Certificates in PEM that are trusted instead of the system's.", valueName: "file"))
    package var caCert: String?

    package init() {}

    package func validate() throws {
        guard oidc == nil || (authTokenScript ?? authTokenPath ?? authToken) == nil else {
            throw ValidationError("--oidc takes the token from the CI: leave the other flags for tokens out.")
        }
        guard clientKey == nil || clientCert != nil else {
            throw ValidationError("--client-key needs --client-cert: give the certificate that the key belongs to.")
        }
    }

    /// The client for the server, which flags, variables or the configuration files name.
    ///
    /// - Parameters:
    ///   - environment: The variables of the process; `TRACEPARENT` names the trace that requests belong to.
    ///   - settings: What the configuration files say.
    ///   - logger: Where warnings go, and at the level debug the HTTP heads.
    ///   - trace: What requests belong to; nil for what the variables say.
    ///   - onRetry: Is told when a request failed and is sent again.
    package func makeClient(
        environment: [String: String], settings: ClientSettings, logger: Logger, trace: TraceContext? = nil,
        onRetry: @escaping @Sendable (RequestRetry) -> Void
    ) throws(ClientError) -> APIClient {
        let variable = environment["NIKS3_SERVER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        guard let address = serverURL ?? variable ?? settings.serverURL, !address.isEmpty else {
            throw ClientError(
                .invalidArgument,
                "No server is named: give its address with --server-url, in NIKS3_SERVER_URL, or as server-url in "
                    + "niks3/config.toml.")
        }
        let server = try ServerURL(address)
        if authToken != nil {
            logger.warning("--auth-token shows the token to every user of this machine: use --auth-token-path.")
        }
        let certificate = clientCert ?? settings.clientCertificate
        var credentials = Credentials(
            tokenScript: authTokenScript, tokenPath: authTokenPath, token: authToken, oidc: oidc,
            hasClientCertificate: certificate != nil)
        credentials.settings = settings
        var configuration = HTTPClientConfiguration()
        configuration.userAgent = "niks3/\(Version.current)"
        configuration.certificateAuthorityFile = caCert ?? settings.certificateAuthority
        configuration.clientCertificateFile = certificate
        configuration.clientKeyFile = clientCert == nil ? settings.clientKey : clientKey
        let trace = trace ?? Self.trace(environment)
        logger.debug("requests belong to the trace \(trace.traceID)")
        if logger.logLevel <= .debug { configuration.debugHook = { logger.debug("\($0)") } }
        let http = HTTPClient(configuration: configuration)
        let tokens = try credentials.tokenSource(environment: environment, server: server, http: http)
        return APIClient(server: server, tokens: tokens, http: http, trace: trace, onRetry: onRetry)
    }

    /// The trace that `TRACEPARENT` names, or one that begins here.
    package static func trace(_ environment: [String: String]) -> TraceContext {
        environment["TRACEPARENT"].flatMap { TraceContext($0) } ?? TraceContext()
    }
}
