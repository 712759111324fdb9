import TestServices

/// A database of PostgreSQL and a bucket of an S3 service, with a key and a token for the servers on them.
struct ServiceStorage: Sendable {
    /// A connection string.
    let database: String
    let bucket: Bucket
    let tokenPath: String
    private let keyPath: String
    /// Where servers and clients find the S3 service: itself, or a proxy in front of it.
    private var endpointPort: Int

    /// Makes an empty database and an empty bucket.
    init(
        for nix: NixSandbox, postgres: PostgresService = .shared, s3: S3Service = .shared
    ) async throws {
        database = try await postgres.database()
        bucket = try await Bucket(of: s3)
        endpointPort = bucket.port
        tokenPath = try nix.root.file("api-token", String(repeating: "token-", count: 6) + "\n")
        let key = try await nix.command(["nix", "key", "generate-secret", "--key-name", "test-1"]).succeed()
        keyPath = try nix.root.file("signing-key", key.line + "\n")
    }

    /// The same storage, whose S3 service is reached through a proxy.
    func through(_ proxy: FaultProxy) -> ServiceStorage {
        var copy = self
        copy.endpointPort = proxy.port
        return copy
    }

    var arguments: [String] {
        [
            "--db", database, "--s3-endpoint", "http://127.0.0.1:\(endpointPort)", "--s3-use-ssl=false",
            "--s3-bucket", bucket.name, "--s3-access-key", S3Service.accessKeyID,
            "--s3-secret-key", S3Service.secretAccessKey, "--api-token-path", tokenPath, "--sign-key-path", keyPath,
            "--enable-read-proxy",
        ]
    }
}
