import CacheCore
import Logging
import Synchronization

/// Sessions with one PostgreSQL, opened when they are needed, each used by one task at a time.
///
/// libpq's calls block; they are made on threads of the pool, as many as there are sessions. A session that was lost
/// while nobody used it, as when the server was restarted, is replaced; one that is lost in the middle fails its call.
final class PostgresPool: Sendable {
    /// How many sessions a pool may have: each has a thread here and a process at the server.
    static let sizes = 1...1000
    /// How often a transaction is tried that others get in the way of.
    private static let maximumAttempts = 5

    /// A session between two uses. It is touched by one thread at a time: whoever took it out of the list.
    private struct Session: @unchecked Sendable {
        let connection: PostgresConnection
    }

    /// Where the database is, for messages.
    let place: String
    /// How many sessions there are at most.
    let size: Int

    private let string: PostgresConnectionString
    private let statementTimeout: Duration
    private let onConflict: @Sendable () -> Void
    private let slots: Semaphore
    private let threads: BlockingPool
    /// For asking the server to give a statement up, while all the threads wait for statements.
    private let cancelling = BlockingPool(threads: 1)
    private let idle = Mutex<[Session]>([])
    private let isClosed = Mutex(false)

    /// Opens nothing yet.
    ///
    /// - Parameters:
    ///   - string: where the database is; what it says of the pool's size wins over `size`.
    ///   - size: how many sessions there are at most.
    ///   - statementTimeout: after how long the server gives a statement up.
    ///   - onConflict: is told when a transaction is tried again.
    init(
        _ string: PostgresConnectionString, size: Int, statementTimeout: Duration = .seconds(120),
        onConflict: @escaping @Sendable () -> Void = {}
    ) {
        self.string = string
        self.size = string.poolSize ?? min(max(size, Self.sizes.lowerBound), Self.sizes.upperBound)
        self.statementTimeout = statementTimeout
        self.onConflict = onConflict
        place = string.place
        slots = Semaphore(self.size)
        threads = BlockingPool(threads: self.size)
    }

    /// How many sessions are in use.
    var inUse: Int { slots.taken }
    /// How many tasks wait for one.
    var waiting: Int { slots.waiting }

    /// Runs a body with a session, on a thread of the pool.
    ///
    /// When the task is cancelled, the server is asked to give the statement up, no further one begins, and the session
    /// is not used again.
    /// - Throws: ``PostgresError``, or what the body throws.
    func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        guard let slot = await slots.take() else {
            throw Task.isCancelled
                ? PostgresError.cancelled
                : PostgresError(.closed, "the pool is closed")
        }
        defer { slots.release(slot) }
        let use = PostgresUse()
        return try await withTaskCancellationHandler {
            try await threads.run { [self] () throws in
                let session = try checkOut()
                guard use.begin(session.connection.canceller) else {
                    checkIn(session)
                    throw PostgresError.cancelled
                }
                defer {
                    use.end()
                    checkIn(session)
                }
                return try body(session.connection)
            }
        } onCancel: {
            if use.cancel() { cancelling.start { use.giveUp() } }
        }
    }

    /// Runs a body in a transaction, which is rolled back when it throws.
    ///
    /// A body is repeated, up to five times, when the server rolled it back because of another transaction; it is never
    /// repeated when it is not certain that it had no effect.
    func transaction<Value: Sendable>(
        _ isolation: PostgresIsolation = .readCommitted,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await withConnection { connection in
                    guard let begin = isolation.begin else { return try body(connection) }
                    try connection.execute(script: begin)
                    do {
                        let value = try body(connection)
                        try connection.commit()
                        return value
                    } catch {
                        // A session that cannot roll back is not used again.
                        try? connection.execute(script: "ROLLBACK")
                        throw error
                    }
                }
            } catch let error as PostgresError where error.kind == .conflict && attempt < Self.maximumAttempts {
                onConflict()
                // The others have to get ahead; all who were told so do not come back at once.
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 << attempt))))
                attempt += 1
            }
        }
    }

    /// Ends the idle sessions; those in use end when they are given back. Later calls fail.
    func close() {
        isClosed.withLock { $0 = true }
        slots.close()
        let sessions = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        threads.start { withExtendedLifetime(sessions) {} }
    }

    private func checkOut() throws(PostgresError) -> Session {
        while let session = idle.withLock({ $0.popLast() }) {
            // The server may have been restarted meanwhile.
            if session.connection.isReusable { return session }
        }
        return Session(connection: try PostgresConnection(string, statementTimeout: statementTimeout))
    }

    private func checkIn(_ session: Session) {
        guard session.connection.isReusable else { return }
        let isClosed = isClosed.withLock { $0 }
        if !isClosed { idle.withLock { $0.append(session) } }
    }
}

/// What a transaction sees of others (PostgreSQL manual, "Transaction Isolation").
enum PostgresIsolation: Sendable {
    /// There is one statement, which is a transaction by itself.
    case single
    /// Each statement sees what was committed before it.
    case readCommitted
    /// All statements see one snapshot, and none may write.
    case snapshot

    fileprivate var begin: String? {
        switch self {
        case .single: nil
        case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
        case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        }
    }
}
