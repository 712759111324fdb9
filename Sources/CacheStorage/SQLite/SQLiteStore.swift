public import CacheCore
import GRDB
import Synchronization

/// The metadata of a cache in one SQLite file, used by one process.
///
/// Writes are serial transactions that begin immediately and are synced (`synchronous=FULL`), those that wait together by
/// one commit; reads run beside them on snapshots (WAL). All work happens on queues of the database's own.
public final class SQLiteStore: MetadataStore {
    /// Where the database is; `:memory:` for one that lives as long as the store.
    public let path: String
    /// What the store takes for time.
    public let clock: StoreClock

    let database: any DatabaseWriter
    private let writes: GroupCommit
    private let observer: StoreObserver
    /// How many calls are under way, and whether no more are to begin: a closed connection must not be touched.
    private let calls = Mutex((running: 0, isClosed: false))

    /// Opens a database, and makes or migrates it where that is needed.
    /// - Parameters:
    ///   - path: the file, or `:memory:`.
    ///   - clock: what to take for time.
    ///   - observer: is told of transactions.
    /// - Throws: ``CacheError`` that names the file when it cannot be opened or was made by a newer version.
    public init(
        path: String, clock: StoreClock = StoreClock(), observer: StoreObserver = StoreObserver()
    ) throws(CacheError) {
        self.path = path
        self.observer = observer
        self.clock = clock
        do {
            database = try SQLiteStore.open(path, clock)
            writes = GroupCommit(database)
            try SQLiteStore.migrator.migrate(database)
        } catch {
            throw SQLiteStore.cacheError(error, path: path)
        }
    }

    private static func open(_ path: String, _ clock: StoreClock) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.label = "niks3"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { connection in
            connection.add(
                function: DatabaseFunction("niks3_clock", argumentCount: 0, pure: false) { _ in
                    clock.now.microseconds
                })
            try connection.execute(sql: "PRAGMA temp_store = MEMORY")
            try connection.execute(sql: "PRAGMA cache_size = -8000")
        }
        if path == ":memory:" { return try DatabaseQueue(configuration: configuration) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // What is committed stays, also when the power fails: GRDB asks for less in WAL mode.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }

    /// Closes the database once the calls that are under way have ended. Calls that come later fail.
    public func close() throws(CacheError) {
        let isIdle = calls.withLock { calls in
            defer { calls.isClosed = true }
            return calls.running == 0 && !calls.isClosed
        }
        guard isIdle else { return }
        do { try database.close() } catch { throw SQLiteStore.cacheError(error, path: path) }
    }

    /// Runs a transaction that may write, and returns when it is durable.
    func write<Value: Sendable>(
        function: StaticString = #function, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(CacheError) -> Value {
        try beginCall()
        defer { endCall() }
        return try await observer.measuring(function) { () async throws(CacheError) in
            do { return try await writes.write(body) } catch { throw SQLiteStore.cacheError(error, path: path) }
        }
    }

    /// Runs a transaction that only reads.
    func read<Value: Sendable>(
        function: StaticString = #function, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(CacheError) -> Value {
        try beginCall()
        defer { endCall() }
        return try await observer.measuring(function) { () async throws(CacheError) in
            do {
                // In memory there is one connection, to which all calls come one after the other: to make it read-only
                // for a moment would have SQLite prepare all statements anew.
                return database is DatabaseQueue
                    ? try await database.writeWithoutTransaction(body) : try await database.read(body)
            } catch {
                throw SQLiteStore.cacheError(error, path: path)
            }
        }
    }

    private func beginCall() throws(CacheError) {
        let isClosed = calls.withLock { calls in
            if !calls.isClosed { calls.running += 1 }
            return calls.isClosed
        }
        guard !isClosed else {
            throw CacheError(.unavailable, "The database \(path) is closed because the server stops; try again later.")
        }
    }

    private func endCall() {
        let isLast = calls.withLock { calls in
            calls.running -= 1
            return calls.isClosed && calls.running == 0
        }
        // Nobody is left to tell of a failure; the file is whole in any case.
        if isLast { try? database.close() }
    }
}

extension Database {
    /// The instant of a transaction: the one function from which SQL takes time.
    func instant() throws -> Timestamp {
        Timestamp(microseconds: try Int64.fetchOne(self, cachedSQL: "SELECT niks3_clock()") ?? 0)
    }

    /// Runs a statement that is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

extension DatabaseValueConvertible {
    /// Fetches the first column of the first row by a statement that is compiled once.
    static func fetchOne(
        _ database: Database, cachedSQL sql: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> Self? {
        try Self.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }

    /// Fetches the first column by a statement that is compiled once.
    static func fetchAll(
        _ database: Database, cachedSQL sql: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [Self] {
        try Self.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension Row {
    /// Goes through the rows of a statement that is compiled once.
    static func forEach(
        _ database: Database, _ sql: String, _ arguments: StatementArguments = StatementArguments(),
        _ body: (Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { try body(row) }
    }
}
