import CacheCore
import Testing

@testable import CacheStorage

@Suite("A connection string")
struct PostgresConnectionStringTests {
    @Test(
        "is taken in both forms, without what is for the pool",
        arguments: [
            (
                "postgres://me:secret@db.example:5433/cache?pool_max_conns=7&sslmode=require",
                "postgres://me:secret@db.example:5433/cache?sslmode=require", 7, "cache at db.example"
            ),
            (
                "postgresql://db.example/cache?pool_min_conns=1", "postgresql://db.example/cache", nil,
                "cache at db.example"
            ),
            (
                "postgres://%2Frun%2Fpostgresql/cache", "postgres://%2Frun%2Fpostgresql/cache", nil,
                "cache at /run/postgresql"
            ),
            (
                "host=/run/postgresql dbname=cache pool_max_conns='12'", "host=/run/postgresql dbname=cache", 12,
                "cache at /run/postgresql"
            ),
            (
                #"dbname=cache  password='it\'s pool_max_conns=3 secret' host=h"#,
                #"dbname=cache password='it\'s pool_max_conns=3 secret' host=h"#, nil, "cache at h"
            ),
            ("hostaddr=127.0.0.1", "hostaddr=127.0.0.1", nil, "the default database at 127.0.0.1"),
            ("", "", nil, "the default database at the default host"),
        ] as [(String, String, Int?, String)])
    func accepted(text: String, forLibrary: String, poolSize: Int?, place: String) throws {
        let string = try PostgresConnectionString(text)
        #expect(string.text == forLibrary)
        #expect(string.poolSize == poolSize)
        #expect(string.place == place)
    }

    @Test(
        "that is refused is not repeated, since a password may be in it",
        arguments: [
            "postgres://me:secret@[::1/cache",
            "postgres://me:%zzsecret@host/cache",
            "password=a secret", "password='secret", "host=h unknown=secret", "secret",
            "postgres://host/cache?unknown=secret",
        ])
    func refused(text: String) async throws {
        let error = await #expect(throws: CacheError.self) { _ = try await PostgresStore(connection: text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.hasPrefix("The connection string of the database cannot be used: ") == true)
    }

    @Test("asks for a pool that there may be", arguments: ["0", "-1", "1001", "x", ""])
    func poolSizes(text: String) {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConnectionString("host=h pool_max_conns=\(text)")
        }
        #expect(error?.message == "pool_max_conns is '\(text)'; give a number from 1 to 1000")
    }
}
