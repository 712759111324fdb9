public import CacheStorage
public import NarKit
import S3Kit

/// Everything a server without external storage works with, made in its data directory where it is missing.
public struct EmbeddedStorage: Sendable {
    /// The directory; it stays locked as long as this lives.
    public let directory: DataDirectory
    /// What the cache knows.
    public let metadata: SQLiteStore
    /// The bytes.
    public let objects: DirectoryStore

    /// Opens what is there and makes what is missing: the database, the object directory and the credentials by which
    /// the store knows its own presigned URLs.
    ///
    /// - Parameters:
    ///   - directory: where everything is kept.
    ///   - clock: what both stores take for time.
    ///   - metrics: what the database is measured by.
    /// - Throws: ``ConfigurationError`` for what cannot be read or made; what the stores throw.
    public init(
        directory: DataDirectory, clock: StoreClock, metrics: ServerMetrics = ServerMetrics()
    ) async throws {
        self.directory = directory
        metadata = try SQLiteStore(
            path: directory.path(of: "niks3.sqlite"), clock: clock, observer: metrics.storeObserver)
        objects = try await DirectoryStore(
            root: directory.path(of: "store"), credentials: try Self.credentials(in: directory)
        ) { clock.now }
    }

    /// The API token of the directory, made at the first call.
    ///
    /// - Throws: ``ConfigurationError`` when it can be neither read nor written.
    public func apiToken() throws -> String {
        try SecretFile(path: tokenPath).contents { Self.randomText() }
    }

    /// Where ``apiToken()`` keeps the token.
    public var tokenPath: String { directory.path(of: "api-token") }

    /// The signing key of the directory, made at the first call and named after the machine.
    ///
    /// - Throws: ``ConfigurationError`` when it can be neither read nor written; `NarKitError` when it is none.
    public func signingKey(hostName: String) throws -> SecretKey {
        let text = try SecretFile(path: directory.path(of: "signing-key")).contents {
            try SecretKey.generate(name: "niks3-\(Self.keyName(hostName))-1").serialized
        }
        return try SecretKey(parsing: text)
    }

    private static func credentials(in directory: DataDirectory) throws -> S3Credentials {
        let text = try SecretFile(path: directory.path(of: "store-credentials")).contents {
            "\(randomText().prefix(20)):\(randomText())"
        }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
            throw ConfigurationError(
                "\(directory.path(of: "store-credentials")) is not of the form id:secret; remove it to have it made anew"
            )
        }
        return S3Credentials(accessKeyID: String(parts[0]), secretAccessKey: String(parts[1]), sessionToken: nil)
    }

    /// 256 random bits as 64 hexadecimal digits.
    private static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func keyName(_ hostName: String) -> String {
        let name = hostName.prefix { $0 != "." }
            .filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return name.isEmpty ? "cache" : String(name)
    }
}
