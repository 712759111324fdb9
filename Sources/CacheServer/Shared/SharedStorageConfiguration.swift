import S3Kit

/// Where a server finds the database and the bucket that it may share with others.
///
/// Printing one never shows the connection string, which may hold a password.
public struct SharedStorageConfiguration: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What libpq takes for a connection string. It may hold a password.
    public var database: String
    /// How many connections there are to the database at most.
    public var databaseConnections: Int
    /// The bucket.
    public var bucket: BucketConfiguration

    /// - Parameters:
    ///   - database: what libpq takes for a connection string.
    ///   - databaseConnections: how many connections there are to the database at most.
    ///   - bucket: the bucket.
    public init(database: String, databaseConnections: Int = 10, bucket: BucketConfiguration) {
        self.database = database
        self.databaseConnections = databaseConnections
        self.bucket = bucket
    }

    /// The bucket only.
    public var description: String { "SharedStorageConfiguration(\(bucket.endpoint.url(of: "")))" }

    /// The bucket only.
    public var debugDescription: String { description }

    /// The bucket only, so that `dump` does not show the password either.
    public var customMirror: Mirror { Mirror(self, children: ["bucket": bucket]) }
}
