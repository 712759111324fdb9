import CacheCore

/// Brings the schema `niks3` of a database to what this version needs.
struct PostgresMigrator {
    /// "niks3" and a number of ours: the lock that keeps two servers from migrating at once.
    private static let lock: Int64 = 0x6e69_6b73_3300_0001

    let migrations: [PostgresMigration]
    /// Where the database is, for messages.
    let place: String

    /// Runs what is missing; several servers may do so at once.
    ///
    /// Nothing is locked, and no right to change the schema is needed, when nothing is missing.
    /// - Throws: ``CacheError`` when the database was migrated by a newer version, or by a step that was changed.
    func migrate(_ pool: PostgresPool) async throws {
        let migrator = self
        let isMissing = try await pool.transaction { connection in
            let recorded = try migrator.recorded(connection)
            try migrator.check(recorded)
            return recorded.count < migrator.migrations.count
        }
        guard isMissing else { return }
        try await pool.transaction { connection in
            // Both may take long in a large database. The lock ends with the transaction: a pooler cannot keep it.
            try connection.execute(script: "SET LOCAL statement_timeout = 0")
            try connection.query("SELECT pg_advisory_xact_lock($1)", [.int(Self.lock)])
            let recorded = try migrator.recorded(connection)
            try migrator.check(recorded)
            try migrator.run(after: recorded.count, connection)
        }
    }

    private struct Recorded {
        var name: String
        var checksum: String
    }

    /// The steps that were run, in their order.
    private func recorded(_ connection: PostgresConnection) throws -> [Recorded] {
        // Not to_regclass, which may go by what the session knew before it waited for the lock.
        let tables = try connection.query(
            "SELECT FROM pg_tables WHERE schemaname = 'niks3' AND tablename = 'migrations'")
        guard tables.count == 1 else { return [] }
        return try connection.query("SELECT name, checksum FROM niks3.migrations ORDER BY number").map { row in
            Recorded(name: try row[0].text(), checksum: try row[1].text())
        }
    }

    private func check(_ recorded: [Recorded]) throws(CacheError) {
        guard recorded.count <= migrations.count else {
            throw CacheError(
                .conflict,
                "The database \(place) was migrated by a newer niks3-server (its step \(recorded.count) is "
                    + "'\(recorded[recorded.count - 1].name)'); run that version or a later one.")
        }
        for (migration, recorded) in zip(migrations, recorded) where migration.checksum != recorded.checksum {
            throw CacheError(
                .conflict,
                "The database \(place) was migrated by another step \(migration.number) than this niks3-server has "
                    + "('\(recorded.name)' with the checksum \(recorded.checksum)); run the version that migrated it.")
        }
    }

    private func run(after count: Int, _ connection: PostgresConnection) throws {
        // A role may lack the right to make a schema that somebody made for it.
        let schemas = try connection.query("SELECT FROM pg_namespace WHERE nspname = 'niks3'")
        if schemas.count == 0 { try connection.execute(script: "CREATE SCHEMA niks3") }
        if count == 0 {
            try connection.execute(
                script: """
                    CREATE TABLE niks3.migrations (
                        number integer PRIMARY KEY,
                        name text NOT NULL,
                        checksum text NOT NULL,
                        applied_at timestamptz NOT NULL DEFAULT now()
                    )
                    """)
        }
        for migration in migrations.dropFirst(count) {
            try connection.execute(script: migration.sql)
            try connection.query(
                "INSERT INTO niks3.migrations (number, name, checksum) VALUES ($1, $2, $3)",
                [.int(Int64(migration.number)), .text(migration.name), .text(migration.checksum)])
        }
    }
}
