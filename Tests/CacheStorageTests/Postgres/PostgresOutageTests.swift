import CacheCore
import TestServices
import Testing

@testable import CacheStorage

/// Each with a server of its own, which is stopped.
@Suite("A PostgreSQL that stops")
struct PostgresOutageTests {
    private func withServer(_ body: (PostgresService) async throws -> Void) async throws {
        let service = PostgresService()
        do { try await body(service) } catch {
            try await service.stop()
            throw error
        }
        try await service.stop()
    }

    /// Calls until it succeeds.
    private func eventually<Value>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<200 {
            do { return try await body() } catch is CacheError { try await Task.sleep(for: .milliseconds(50)) }
        }
        return try await body()
    }

    @Test("is unavailable, and used again as soon as it is back", arguments: [false, true])
    func restarts(crashes: Bool) async throws {
        try await withServer { service in
            let database = try await service.database()
            let store = try await PostgresStore(connection: database, poolSize: 3)
            defer { store.close() }
            let upload = try await store.beginUpload(NewUpload(roots: [], external: []))
            // Sessions that nobody uses are replaced without a word.
            try await crashes ? service.kill() : service.pause()
            let code = try await MetadataStoreConformance.code { try await store.ping() }
            #expect(code == .unavailable)
            try await service.resume()
            #expect(try await eventually { try await store.upload(upload.id) } == upload)
            #expect(store.connectionsInUse == 0)
            #expect(store.maximumConnections == 3)
        }
    }

    @Test("in the middle of a call fails the call, which had no effect", arguments: [false, true])
    func breaksCalls(crashes: Bool) async throws {
        try await withServer { service in
            let pool = try await PostgresPool.test(service: service)
            defer { pool.close() }
            try await pool.withConnection { try $0.execute(script: "CREATE TABLE public.t (a int)") }
            let call = Task {
                try await postgresFailure {
                    try await pool.transaction { connection in
                        try connection.execute(script: "INSERT INTO public.t VALUES (1)")
                        try connection.query("SELECT pg_sleep(600)")
                    }
                }
            }
            var sleeping: Int64 = 0
            while sleeping == 0 {
                sleeping = try await pool.int("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            }
            try await crashes ? service.kill() : service.pause()
            #expect(try await call.value == .unavailable)
            try await service.resume()
            #expect(try await pool.int("SELECT count(*) FROM public.t") == 0)
            #expect(pool.inUse == 0)
        }
    }

    @Test("loses nothing that was answered while it stops and starts under load")
    func underLoad() async throws {
        try await withServer { service in
            let database = try await service.database()
            let store = try await PostgresStore(connection: database, poolSize: 4)
            defer { store.close() }
            let claims = try (0..<50).map { NewClaim(key: try ObjectKey("log/\(100 + $0).drv")) }
            let isOver = Shared(false)
            let answered = try await withThrowingTaskGroup(of: [UploadID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var answered: [UploadID] = []
                        while !isOver.value {
                            do throws(CacheError) {
                                let upload = try await store.beginUpload(NewUpload(roots: [], external: []))
                                _ = try await store.claimChunk(claims, upload: upload.id, writeWindow: .seconds(1))
                                answered.append(upload.id)
                            } catch {
                                guard error.code == .unavailable else { throw error }
                                try await Task.sleep(for: .milliseconds(20))
                            }
                        }
                        return answered
                    }
                }
                while try await store.statistics().pendingUploads < 16 { try await Task.sleep(for: .milliseconds(5)) }
                try await service.pause()
                try await service.resume()
                let back = try await eventually { try await store.statistics().pendingUploads }
                while try await store.statistics().pendingUploads < back + 16 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                isOver.change { $0 = true }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let snapshot = try await eventually { try await store.snapshot() }
            #expect(answered.count > 16)
            let claimed = Dictionary(grouping: snapshot.claims, by: \.upload).mapValues(\.count)
            #expect(answered.allSatisfy { claimed[$0] == 50 })
            #expect(claimed.values.allSatisfy { $0 == 50 }, "a chunk is whole or not there")
            #expect(snapshot.objects.count == 50)
        }
    }
}
