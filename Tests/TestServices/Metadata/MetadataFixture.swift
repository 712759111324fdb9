public import CacheCore
import CacheStorage

/// A metadata store of its own for a test, empty, with a clock that stands still.
public final class MetadataFixture: Sendable {
    /// Which store it is.
    public let kind: MetadataKind
    /// The store.
    public let store: any InspectableStore
    /// The store's clock.
    public let clock: TestClock
    /// The connection string of the PostgreSQL database.
    public let connection: String?

    /// Where the clock stands at first.
    public static let start = Timestamp(seconds: 1_800_000_000)

    /// Makes a store: SQLite in memory, or a database of the PostgreSQL that all tests share, which goes to another
    /// test afterwards.
    public init(_ kind: MetadataKind) async throws {
        self.kind = kind
        switch kind {
        case .sqlite:
            connection = nil
            clock = try TestClock(standingAt: Self.start, file: nil)
            store = try SQLiteStore(path: ":memory:", clock: clock.storeClock)
        case .postgres:
            let database = try await MetadataDatabases.shared.take()
            connection = database
            clock = try TestClock(standingAt: Self.start, file: MetadataDatabases.clockFile(of: database))
            store = try await PostgresStore(connection: database, poolSize: 4)
        }
    }

    deinit {
        // A store that does not close fails its own tests.
        try? store.close()
        if let connection { MetadataDatabases.shared.give(connection) }
    }

    /// Another server's store over the same database; SQLite has one only.
    public func replica() async throws -> any InspectableStore {
        guard let connection else { return store }
        return try await PostgresStore(connection: connection, poolSize: 4)
    }
}
