import CacheCore
import TestServices
import Testing

@testable import CacheStorage

@Suite("Migrations")
struct PostgresMigrationTests {
    private static let service = PostgresService.shared

    /// Steps of a made-up schema.
    private static let steps = [
        PostgresMigration(
            number: 1, name: "first", sql: "CREATE TABLE niks3.a (x int); INSERT INTO niks3.a VALUES (1)"),
        PostgresMigration(number: 2, name: "second", sql: "UPDATE niks3.a SET x = x + 1"),
        PostgresMigration(number: 3, name: "third", sql: "UPDATE niks3.a SET x = x * 10"),
    ]

    private static func migrate(_ pool: PostgresPool, _ steps: some Sequence<PostgresMigration>) async throws {
        try await PostgresMigrator(migrations: Array(steps), place: "cache at h").migrate(pool)
    }

    /// The message of the error that a call throws.
    private static func message(_ body: () async throws -> Void) async throws -> String? {
        do { try await body() } catch let error as CacheError { return error.message }
        return nil
    }

    @Test("run each step once, in order, and what is new later")
    func inOrder() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        for count in [1, 1, 2, 3, 3] { try await Self.migrate(pool, Self.steps.prefix(count)) }
        #expect(try await pool.int("SELECT x FROM niks3.a") == 20)
        #expect(try await pool.int("SELECT count(*) FROM niks3.migrations WHERE checksum ~ '^[0-9a-f]{64}$'") == 3)
        // Other tests migrate other databases of the same server meanwhile.
        let locks = """
            SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
            WHERE l.locktype = 'advisory' AND d.datname = current_database()
            """
        #expect(try await pool.int(locks) == 0)
    }

    @Test("run once when many servers start at once")
    func concurrently() async throws {
        let database = try await Self.service.database()
        let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
            for _ in 0..<12 { group.addTask { try await PostgresStore(connection: database, poolSize: 2) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for store in stores {
            try await store.ping()
            store.close()
        }
        let recorded = try await Self.service.run("SELECT count(*) FROM niks3.migrations", connection: database)
        #expect(recorded == "\(PostgresMigration.all.count)")
    }

    @Test("leave nothing of a step that fails")
    func failing() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let bad = PostgresMigration(number: 2, name: "bad", sql: "UPDATE niks3.a SET x = 7; SELECT 1/0")
        #expect(try await postgresFailure { try await Self.migrate(pool, [Self.steps[0], bad]) } == .other)
        #expect(try await pool.int("SELECT count(*) FROM pg_namespace WHERE nspname = 'niks3'") == 0)
        try await Self.migrate(pool, Self.steps)
        #expect(try await pool.int("SELECT x FROM niks3.a") == 20)
    }

    @Test("refuse a database that a newer version migrated, or another one")
    func unknown() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        try await Self.migrate(pool, Self.steps)
        #expect(
            try await Self.message { try await Self.migrate(pool, Self.steps.prefix(2)) }
                == "The database cache at h was migrated by a newer niks3-server (its step 3 is 'third'); run that version or a later one."
        )
        var changed = Self.steps
        changed[1] = PostgresMigration(number: 2, name: "second", sql: "UPDATE niks3.a SET x = x + 2")
        let message = try await Self.message { try await Self.migrate(pool, changed) }
        #expect(message?.contains("was migrated by another step 2 than this niks3-server has ('second' with") == true)
        #expect(try await pool.int("SELECT x FROM niks3.a") == 20)
    }

    @Test("leave other tables of the database alone, and are numbered without gaps")
    func besideOthers() async throws {
        let database = try await Self.service.database()
        try await Self.service.run(
            "CREATE TABLE objects (key text); CREATE TABLE closures (key text); INSERT INTO objects VALUES ('x')",
            connection: database)
        let store = try await PostgresStore(connection: database, poolSize: 1)
        defer { store.close() }
        #expect(try await store.statistics() == StoreStatistics(objects: 0, bytes: 0, pendingUploads: 0))
        #expect(try await Self.service.run("SELECT key FROM public.objects", connection: database) == "x")
        #expect(PostgresMigration.all.map(\.number) == Array(1...PostgresMigration.all.count))
    }

    @Test("need no right to make schemas when there is nothing to do, and say which one is missing")
    func rights() async throws {
        let database = try await Self.service.database()
        let name = try await Self.service.run("SELECT current_database()", connection: database)
        let role = "reader_\(name)"
        let asRole = database.replacing("user=postgres", with: "user=\(role)")
        try await Self.service.run("CREATE ROLE \(role) LOGIN", connection: database)
        let denied = try await Self.message { _ = try await PostgresStore(connection: asRole, poolSize: 1) }
        #expect(denied?.contains("permission denied for database \(name)") == true)
        #expect(denied?.contains("what it was granted") == true)
        // In a schema of its own it may do what it needs.
        try await Self.service.run("CREATE SCHEMA niks3 AUTHORIZATION \(role)", connection: database)
        for _ in 0..<2 { try await PostgresStore(connection: asRole, poolSize: 1).close() }
        let absent = database.replacing("dbname=\(name)", with: "dbname=absent")
        let missing = try await Self.message { _ = try await PostgresStore(connection: absent, poolSize: 1) }
        #expect(missing?.contains(#"database "absent" does not exist"#) == true)
    }
}
