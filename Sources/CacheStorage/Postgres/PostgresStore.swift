public import CacheCore

/// The metadata of a cache in the schema `niks3` of a PostgreSQL database, which any number of servers share.
///
/// Transactions are READ COMMITTED and lock rows in one order: the upload, then objects by key, then closures by key.
/// What the server rolls back because two transactions met is repeated, up to five times. libpq's calls are made on
/// threads of the store's own, one for each session with the server.
public final class PostgresStore: MetadataStore {
    /// The database and where it is, for messages; never a password.
    public let place: String

    private let pool: PostgresPool
    private let observer: StoreObserver

    /// Connects to a database, and makes or migrates the schema where that is needed.
    ///
    /// - Parameters:
    ///   - connection: a connection string as libpq takes it (PostgreSQL manual, "Connection Strings"), either form. A
    ///     `pool_max_conns` in it wins over `poolSize`; other settings whose names begin with `pool_` are left out.
    ///   - poolSize: how many sessions with the server there are at most.
    ///   - statementTimeout: after how long the server gives a statement up.
    ///   - observer: is told of transactions.
    /// - Throws: ``CacheError`` that names the database and never a password: `invalidRequest` for a string that libpq
    ///   does not take, `unavailable` when the database cannot be reached or refuses the role, `conflict` when it was
    ///   migrated by another version.
    public init(
        connection: String, poolSize: Int = 16, statementTimeout: Duration = .seconds(120),
        observer: StoreObserver = StoreObserver()
    ) async throws(CacheError) {
        let string: PostgresConnectionString
        do throws(PostgresError) {
            string = try PostgresConnectionString(connection)
        } catch {
            throw CacheError(.invalidRequest, "The connection string of the database cannot be used: \(error.message).")
        }
        place = string.place
        self.observer = observer
        pool = PostgresPool(
            string, size: poolSize, statementTimeout: statementTimeout, onConflict: observer.onConflict)
        do {
            try await PostgresMigrator(migrations: PostgresMigration.all, place: place).migrate(pool)
        } catch {
            pool.close()
            throw Self.cacheError(error, place: place)
        }
    }

    /// How many sessions with the server are in use.
    public var connectionsInUse: Int { pool.inUse }

    /// How many tasks wait for a session.
    public var waitingForConnection: Int { pool.waiting }

    /// How many sessions with the server there are at most.
    public var maximumConnections: Int { pool.size }

    /// Ends the sessions; those in use end with their calls. Calls that come later fail.
    public func close() {
        pool.close()
    }

    /// Runs a transaction; it is durable when this returns.
    ///
    /// - Parameter function: what runs it, for metrics.
    func transaction<Value: Sendable>(
        _ isolation: PostgresIsolation = .readCommitted, function: StaticString = #function,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CacheError) -> Value {
        try await observer.measuring(function) { () async throws(CacheError) in
            do {
                return try await pool.transaction(isolation, body)
            } catch {
                throw Self.cacheError(error, place: place)
            }
        }
    }
}
