import CacheStorage
import Synchronization

/// Databases with the schema of this version and a clock that tests set, each used by one test after the other.
///
/// To empty one takes a twentieth of the time in which one is made.
actor MetadataDatabases {
    /// Those of the PostgreSQL that all tests share.
    static let shared = MetadataDatabases()

    private var preparing: Task<String, any Error>?
    private nonisolated let idle = Mutex<[String]>([])

    /// - Returns: the connection string of an empty one that nobody else uses.
    func take() async throws -> String {
        while let database = idle.withLock({ $0.popLast() }) {
            // Somebody may not have let go of it yet: then there will be another one.
            let reset = "SET lock_timeout = '2s'; SELECT seeds.reset()"
            if (try? await PostgresService.shared.run(reset, connection: database)) != nil { return database }
        }
        let task = preparing ?? Task { try await Self.prepare() }
        preparing = task
        return try await PostgresService.shared.database(copying: task.value)
    }

    /// Gives one back.
    nonisolated func give(_ connection: String) {
        idle.withLock { $0.append(connection) }
    }

    /// Where the clock of a database is: beside the server's socket, where the server may read.
    static func clockFile(of connection: String) -> String {
        var words: [String: String] = [:]
        for word in connection.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            words[String(parts[0])] = String(parts[1])
        }
        return "\(words["host"] ?? "")/clock.\(words["dbname"] ?? "")"
    }

    /// Makes the database that all begin as a copy of.
    ///
    /// - Returns: its name.
    private static func prepare() async throws -> String {
        let connection = try await PostgresService.shared.database()
        let store = try await PostgresStore(connection: connection, poolSize: 1)
        store.close()
        let name = try await PostgresService.shared.run("SELECT current_database()", connection: connection)
        let clocks = clockFile(of: connection).dropLast(name.count)
        try await PostgresService.shared.run(
            """
            CREATE OR REPLACE FUNCTION niks3.clock() RETURNS bigint LANGUAGE sql VOLATILE
            AS $$ SELECT pg_read_file('\(clocks)' || current_database())::bigint $$;
            \(seeds)
            """, connection: connection)
        return name
    }

    /// Keeps the rows that tables begin with, and brings them back.
    private static let seeds = """
        CREATE SCHEMA seeds;
        CREATE VIEW seeds.tables AS
            SELECT tablename FROM pg_tables WHERE schemaname = 'niks3' AND tablename <> 'migrations';
        DO $$
        DECLARE name text;
        BEGIN
            FOR name IN SELECT tablename FROM seeds.tables LOOP
                EXECUTE format('CREATE TABLE seeds.%I AS TABLE niks3.%I', name, name);
            END LOOP;
        END $$;
        CREATE FUNCTION seeds.reset() RETURNS void LANGUAGE plpgsql AS $$
        DECLARE name text;
        BEGIN
            EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('niks3.%I', tablename), ', ') || ' RESTART IDENTITY'
                     FROM seeds.tables);
            FOR name IN SELECT tablename FROM seeds.tables LOOP
                EXECUTE format('INSERT INTO niks3.%I OVERRIDING SYSTEM VALUE TABLE seeds.%I', name, name);
            END LOOP;
            FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'niks3' LOOP
                EXECUTE format('ALTER SEQUENCE niks3.%I RESTART', name);
            END LOOP;
        END $$;
        """
}
