import CacheCore
import GRDB
import TestServices
import Testing

@testable import CacheStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The step that makes room for samples and reports, on databases that the step before it made.
@Suite struct SampleMigrationTests {
    private static let sample = CacheSample(
        at: MetadataFixture.start, objects: 7, bytes: 700, pendingUploads: 1)

    @Test func sqlite() async throws {
        let path = "/tmp/niks3-migration-\(UInt64.random(in: 0 ... .max)).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let before = try DatabaseQueue(path: path)
        try SQLiteStore.migrator.migrate(before, upTo: "4 names of closures, kept values of pins")
        try await before.write { database in
            try database.execute(
                sql: """
                    INSERT INTO statistics (objects, bytes) VALUES (5, 500), (2, 200);
                    INSERT INTO uploads (state, started_at, roots, external) VALUES (0, 1, '[]', '[]'), (2, 1, '[]', '[]');
                    """)
        }
        try before.close()
        let store = try SQLiteStore(path: path, clock: StoreClock(standingAt: MetadataFixture.start))
        try await store.recordSample()
        #expect(try await store.samples(.hour) == [Self.sample])
        #expect(try await store.finishedCollections() == [])
        try store.close()
    }

    @Test func postgres() async throws {
        let database = try await PostgresService.shared.database()
        let pool = PostgresPool(try PostgresConnectionString(database), size: 1)
        try await PostgresMigrator(migrations: Array(PostgresMigration.all.prefix(4)), place: "the test").migrate(pool)
        pool.close()
        try await PostgresService.shared.run(
            """
            INSERT INTO niks3.statistics (objects, bytes) VALUES (5, 500), (2, 200);
            INSERT INTO niks3.uploads (state, started_at, roots, external) VALUES (0, 1, '{}', '{}'), (2, 1, '{}', '{}');
            """, connection: database)
        let store = try await PostgresStore(connection: database, poolSize: 1)
        try await store.recordSample()
        var found = try await store.samples(.hour)
        #expect(found.count == 1)
        found[0].at = Self.sample.at
        #expect(found == [Self.sample])
        #expect(try await store.finishedCollections() == [])
        store.close()
    }
}
