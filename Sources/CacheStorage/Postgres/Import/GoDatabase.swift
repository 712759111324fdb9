public import CacheCore

/// The database of a niks3 server written in Go: tables in the schema `public`, which may lie beside ours.
///
/// It is only read. The advisory lock that such a server holds while it collects is held meanwhile, on one session: every
/// call makes sure of it.
public final class GoDatabase: ImportSource {
    /// The lock that such a server holds while it collects: "niks3gc".
    private static let collecting: Int64 = 0x6e_696b_7333_6763

    /// The database and where it is, for messages; never a password.
    public let place: String

    private let pool: PostgresPool
    private let layout: Layout

    /// What differs between versions of the schema.
    private struct Layout: Sendable {
        var hasRoots: Bool
        var hasMultiparts: Bool
        var hasPins: Bool
    }

    /// Connects to a database.
    /// - Parameter connection: a connection string as libpq takes it.
    /// - Throws: ``CacheError``: `invalidRequest` for a string that libpq does not take, and for a database without such
    ///   tables; `conflict` while the server collects; `unavailable` when the database cannot be reached.
    public init(connection: String) async throws(CacheError) {
        let string: PostgresConnectionString
        do throws(PostgresError) {
            string = try PostgresConnectionString(connection)
        } catch {
            throw CacheError(
                .invalidRequest, "The connection string of the other database cannot be used: \(error.message).")
        }
        let pool = PostgresPool(string, size: 1)
        self.pool = pool
        place = string.place
        do {
            layout = try await Self.run(pool, place: string.place) { connection in
                try Self.layout(connection, place: string.place)
            }
        } catch {
            pool.close()
            throw error
        }
    }

    /// Ends the session, and with it the lock.
    public func close() {
        pool.close()
    }

    private static func run<Value: Sendable>(
        _ pool: PostgresPool, place: String, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CacheError) -> Value {
        do {
            return try await pool.withConnection { connection in
                // A session that has the lock gets it again.
                let rows = try connection.query("SELECT pg_try_advisory_lock($1)", [.int(collecting)])
                guard try rows.first?[0].bool() == true else {
                    throw CacheError(
                        .conflict,
                        "The server of the database \(place) is collecting just now; stop it, and import again.")
                }
                return try body(connection)
            }
        } catch {
            throw PostgresStore.cacheError(error, place: place)
        }
    }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CacheError) -> Value {
        try await Self.run(pool, place: place, body)
    }

    var hasRoots: Bool { layout.hasRoots }
    var hasMultiparts: Bool { layout.hasMultiparts }
    var hasPins: Bool { layout.hasPins }

    private static func layout(_ connection: PostgresConnection, place: String) throws -> Layout {
        let tables = Set(
            try connection.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                .map { try $0[0].text() })
        for name in ["closures", "objects", "pending_closures", "pending_objects"] where !tables.contains(name) {
            throw CacheError(
                .invalidRequest,
                "The database \(place) has no table public.\(name), which every niks3 server written in Go makes; "
                    + "check its name.")
        }
        let roots = try connection.query(
            """
            SELECT FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = 'pending_closures' AND column_name = 'roots'
            """)
        return Layout(
            hasRoots: roots.count > 0, hasMultiparts: tables.contains("multipart_uploads"),
            hasPins: tables.contains("pins"))
    }
}
