public import CurlKit

/// What the user said about how to prove who they are.
public struct Credentials: Sendable {
    /// `--auth-token-script`.
    public var tokenScript: String?
    /// `--auth-token-path`.
    public var tokenPath: String?
    /// `--auth-token`, which other users of the machine can see.
    public var token: String?
    /// `--oidc`.
    public var oidc: OIDCProvider?
    /// What the configuration files say, which counts after the variable.
    public var settings = ClientSettings()
    /// Whether a client certificate was given.
    public var hasClientCertificate: Bool

    /// Collects the settings.
    ///
    /// - Parameters:
    ///   - tokenScript: `--auth-token-script`.
    ///   - tokenPath: `--auth-token-path`.
    ///   - token: `--auth-token`.
    ///   - oidc: `--oidc`.
    ///   - hasClientCertificate: Whether a client certificate was given.
    public init(
        tokenScript: String? = nil, tokenPath: String? = nil, token: String? = nil, oidc: OIDCProvider? = nil,
        hasClientCertificate: Bool = false
    ) {
        self.oidc = oidc
        self.tokenScript = tokenScript
        self.tokenPath = tokenPath
        self.token = token
        self.hasClientCertificate = hasClientCertificate
    }

    /// Chooses where the token comes from: the OIDC provider named, else as ``tokenSource(environment:)``.
    ///
    /// - Parameters:
    ///   - environment: The variables of the process.
    ///   - server: The server, which is asked for the audience of OIDC tokens.
    ///   - http: What asks it, and the provider.
    /// - Returns: The source.
    /// - Throws: ``ClientError`` with the code `credentials` when there is none.
    public func tokenSource(
        environment: [String: String], server: ServerURL, http: HTTPClient
    ) throws(ClientError) -> any TokenSource {
        if let oidc = oidc ?? configuredProvider(environment) {
            return OIDCToken(provider: oidc, environment: environment, server: server, http: http)
        }
        return try tokenSource(environment: environment)
    }

    /// The provider that a configuration file names, where nothing that counts more is said.
    private func configuredProvider(_ environment: [String: String]) -> OIDCProvider? {
        let isOverruled =
            (tokenScript ?? tokenPath ?? token) != nil || !(environment["NIKS3_AUTH_TOKEN_FILE"] ?? "").isEmpty
        return isOverruled ? nil : settings.oidc
    }

    /// Chooses where the token comes from: the script given, the path given, the token given, `NIKS3_AUTH_TOKEN_FILE`, the file
    /// `niks3/auth-token` in the configuration directory where it exists, and nothing where there is a client certificate.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Returns: The source.
    /// - Throws: ``ClientError`` with the code `credentials` when there is none.
    public func tokenSource(environment: [String: String]) throws(ClientError) -> any TokenSource {
        try tokenSource(environment: environment, fileExists: FileAccess.exists)
    }

    func tokenSource(
        environment: [String: String], fileExists: (String) -> Bool
    ) throws(ClientError) -> any TokenSource {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let tokenScript { return try TokenScript(tokenScript, namedBy: "--auth-token-script") }
        if let tokenPath { return TokenFile(path: tokenPath, namedBy: "--auth-token-path") }
        if let token { return try FixedToken(token, description: "--auth-token") }
        let variable = "NIKS3_AUTH_TOKEN_FILE"
        if let path = value(variable) { return TokenFile(path: path, namedBy: variable) }
        if let script = settings.tokenScript { return try TokenScript(script, namedBy: settings.tokenOrigin) }
        if let path = settings.tokenPath { return TokenFile(path: path, namedBy: settings.tokenOrigin) }
        let directory = value("XDG_CONFIG_HOME") ?? value("HOME").map { $0 + "/.config" }
        let standardPath = directory.map { $0 + "/niks3/auth-token" }
        if let standardPath, fileExists(standardPath) {
            return TokenFile(path: standardPath, namedBy: "the standard place")
        }
        if hasClientCertificate { return NoToken() }
        throw ClientError(
            .credentials,
            "There is no API token: give its file with --auth-token-path or in \(variable)"
                + (standardPath.map { ", or write the token into \($0)." } ?? "."))
    }
}
