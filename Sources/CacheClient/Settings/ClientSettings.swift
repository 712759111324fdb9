/// What the configuration files say; flags and variables come before it.
public struct ClientSettings: Sendable, Equatable {
    /// `server-url`.
    public var serverURL: String?
    /// `auth-token-script`.
    public var tokenScript: String?
    /// `auth-token-path`.
    public var tokenPath: String?
    /// `oidc`.
    public var oidc: OIDCProvider?
    /// `client-cert`, `client-key` and `ca-cert`.
    public var clientCertificate: String?
    /// The key of the client certificate.
    public var clientKey: String?
    /// The certificates that are trusted.
    public var certificateAuthority: String?
    /// `max-concurrent-uploads`.
    public var maximumConcurrentUploads: Int?
    /// `jobs`.
    public var jobs: Int?
    /// `compression-level`.
    public var compressionLevel: Int?
    /// `skip-upstream`.
    public var skippedUpstreams: [String]?
    /// `no-progress`.
    public var hidesProgress: Bool?
    /// The file that named the token, for messages.
    public var tokenOrigin = "the configuration file"

    private static let sizeLimit = 1 << 20

    /// Makes settings that say nothing.
    public init() {}

    /// Reads `niks3/config.toml` in the configuration directory, and `/etc/niks3/config.toml` for what that does not say.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Throws: ``ClientError`` with the code `invalidArgument`, which names file and line.
    public init(environment: [String: String]) throws(ClientError) {
        try self.init(files: Self.files(environment: environment))
    }

    /// The files, the one that counts most last.
    static func files(environment: [String: String]) -> [String] {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let directory = value("XDG_CONFIG_HOME") ?? value("HOME").map { $0 + "/.config" }
        return ["/etc/niks3/config.toml"] + (directory.map { [$0 + "/niks3/config.toml"] } ?? [])
    }

    init(files: [String]) throws(ClientError) {
        for path in files {
            guard let bytes = try FileAccess.contents(of: path, limit: Self.sizeLimit) else { continue }
            do throws(SettingsDocument.Problem) {
                let document = try SettingsDocument(parsing: String(decoding: bytes, as: UTF8.self))
                var own = ClientSettings()
                for entry in document.entries { try own.set(entry) }
                own.tokenOrigin = path
                merge(own)
            } catch {
                throw ClientError(.invalidArgument, "\(path), line \(error.line): \(error.text).")
            }
        }
    }

    /// Takes what a file says that counts more; all that proves who we are comes from one file.
    private mutating func merge(_ other: ClientSettings) {
        if (other.tokenScript ?? other.tokenPath ?? other.oidc?.rawValue) != nil {
            (tokenScript, tokenPath, oidc) = (other.tokenScript, other.tokenPath, other.oidc)
            tokenOrigin = other.tokenOrigin
        }
        if other.clientCertificate != nil {
            (clientCertificate, clientKey) = (other.clientCertificate, other.clientKey)
        }
        serverURL = other.serverURL ?? serverURL
        certificateAuthority = other.certificateAuthority ?? certificateAuthority
        maximumConcurrentUploads = other.maximumConcurrentUploads ?? maximumConcurrentUploads
        jobs = other.jobs ?? jobs
        compressionLevel = other.compressionLevel ?? compressionLevel
        skippedUpstreams = other.skippedUpstreams ?? skippedUpstreams
        hidesProgress = other.hidesProgress ?? hidesProgress
    }

    private mutating func set(_ entry: SettingsDocument.Entry) throws(SettingsDocument.Problem) {
        let key = entry.key.replacing("_", with: "-")
        switch key {
        case "server-url": serverURL = try entry.string()
        case "auth-token-script": tokenScript = try entry.string()
        case "auth-token-path": tokenPath = try entry.string()
        case "client-cert": clientCertificate = try entry.string()
        case "client-key": clientKey = try entry.string()
        case "ca-cert": certificateAuthority = try entry.string()
        case "max-concurrent-uploads": maximumConcurrentUploads = try entry.integer(in: 1...1000)
        case "jobs": jobs = try entry.integer(in: 1...1024)
        case "compression-level": compressionLevel = try entry.integer(in: 1...19)
        case "skip-upstream": skippedUpstreams = try entry.strings()
        case "no-progress": hidesProgress = try entry.boolean()
        case "oidc":
            guard let provider = OIDCProvider(rawValue: try entry.string()) else {
                throw SettingsDocument.Problem(line: entry.line, text: "oidc must be \"github\" or \"gitlab\"")
            }
            oidc = provider
        case "auth-token":
            throw SettingsDocument.Problem(
                line: entry.line, text: "the token itself does not belong here: name its file with auth-token-path")
        default:
            throw SettingsDocument.Problem(
                line: entry.line,
                text: "there is no setting \(entry.key): settings are named as the flags of niks3 push")
        }
    }
}
