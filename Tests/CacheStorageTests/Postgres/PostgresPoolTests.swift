import TestServices
import Testing

@testable import CacheStorage

@Suite("A pool of sessions")
struct PostgresPoolTests {
    @Test("has no more of them than it may, and each task in its turn", arguments: [1, 3])
    func bounded(size: Int) async throws {
        let pool = try await PostgresPool.test(size: size)
        defer { pool.close() }
        let most = Shared((running: 0, most: 0))
        let patience = ContinuousClock.now + .seconds(20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await pool.withConnection { connection in
                        most.change { most in
                            most.running += 1
                            most.most = max(most.most, most.running)
                        }
                        defer { most.change { $0.running -= 1 } }
                        // A session takes its time to open where much else is going on.
                        repeat {
                            try connection.query("SELECT pg_sleep(0.01)")
                        } while most.value.most < size && .now < patience
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.value.most == size)
        #expect(pool.inUse == 0)
        #expect(
            try await pool.int("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                <= Int64(size))
    }

    @Test("keeps a session and its statements for the next task")
    func reuse() async throws {
        let pool = try await PostgresPool.test(size: 1)
        defer { pool.close() }
        let first = try await pool.int("SELECT pg_backend_pid()")
        // Past 256 the statements of a session are prepared anew.
        for number in 0..<300 { #expect(try await pool.int("SELECT \(number)::int8") == Int64(number)) }
        #expect(try await pool.int("SELECT pg_backend_pid()") == first)
        #expect(try await pool.int("SELECT count(*) FROM pg_prepared_statements") < 257)
    }

    @Test("commits what a body did, or nothing when it throws")
    func transactions() async throws {
        struct Stop: Error {}
        let pool = try await PostgresPool.test(size: 1)
        defer { pool.close() }
        try await pool.withConnection { try $0.execute(script: "CREATE TABLE public.t (a int)") }
        try await pool.transaction { try $0.execute(script: "INSERT INTO public.t VALUES (1)") }
        await #expect(throws: Stop.self) {
            try await pool.transaction { connection in
                try connection.execute(script: "INSERT INTO public.t VALUES (2)")
                throw Stop()
            }
        }
        // What fails and is not passed on cannot be committed.
        let swallowed = try await postgresFailure {
            try await pool.transaction { connection in
                try connection.execute(script: "INSERT INTO public.t VALUES (3)")
                do { try connection.execute(script: "SELECT 1/0") } catch {}
            }
        }
        #expect(swallowed == .other)
        // A transaction that is left open is not there for the next task.
        try await pool.withConnection { try $0.execute(script: "BEGIN; INSERT INTO public.t VALUES (4)") }
        #expect(try await pool.int("SELECT sum(a) FROM public.t") == 1)
        let written = try await postgresFailure {
            try await pool.transaction(.snapshot) { try $0.execute(script: "INSERT INTO public.t VALUES (5)") }
        }
        #expect(written == .unavailable, "a snapshot is only read")
    }

    @Test("repeats a transaction that another one got in the way of")
    func conflicts() async throws {
        let pool = try await PostgresPool.test(size: 2)
        defer { pool.close() }
        try await pool.withConnection { connection in
            try connection.execute(
                script:
                    "SET deadlock_timeout = '10ms'; CREATE TABLE public.t (a int, n int); INSERT INTO public.t VALUES (1, 0), (2, 0)"
            )
        }
        let attempts = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [[1, 2], [2, 1]] {
                group.addTask {
                    try await pool.transaction { connection in
                        attempts.change { $0 += 1 }
                        try connection.execute(script: "SET LOCAL deadlock_timeout = '10ms'")
                        for row in order {
                            try connection.execute(
                                script: "UPDATE public.t SET n = n + 1 WHERE a = \(row); SELECT pg_sleep(0.1)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(attempts.value >= 3)
        #expect(try await pool.int("SELECT sum(n) FROM public.t") == 4)
        // Not without end.
        let more = Shared(0)
        let kind = try await postgresFailure {
            try await pool.transaction { _ in
                more.change { $0 += 1 }
                throw PostgresError(sqlState: "40001", message: "")
            }
        }
        #expect(kind == .conflict)
        #expect(more.value == 5)
    }

    @Test("gives up statements that take too long")
    func statementTimeout() async throws {
        let pool = try await PostgresPool.test(size: 1, statementTimeout: .milliseconds(50))
        defer { pool.close() }
        let kind = try await postgresFailure { try await pool.withConnection { try $0.query("SELECT pg_sleep(60)") } }
        #expect(kind == .timeout)
        #expect(try await pool.int("SELECT 1") == 1)
    }

    @Test("has the server give up what a cancelled task asked for", arguments: [false, true])
    func cancellation(inTransaction: Bool) async throws {
        let pool = try await PostgresPool.test(size: 2)
        defer { pool.close() }
        let began = Shared<Int64?>(nil)
        let task = Task { () async throws -> PostgresError.Kind? in
            try await postgresFailure {
                try await pool.transaction(inTransaction ? .readCommitted : .single) { connection in
                    let pid = try connection.query("SELECT pg_backend_pid()").first?[0].int()
                    began.change { $0 = pid }
                    try connection.query("SELECT pg_sleep(600)")
                }
            }
        }
        while began.value == nil { await Task.yield() }
        task.cancel()
        #expect(try await task.value == .cancelled)
        let pid = try #require(began.value)
        // Its session is not used again, and ends.
        var left = Int64.max
        for _ in 0..<500 where left != 0 {
            left = try await pool.int("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)")
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(left == 0)
        #expect(pool.inUse == 0)
    }

    @Test("lets a task that is cancelled while it waits go at once")
    func cancelledWaiters() async throws {
        let pool = try await PostgresPool.test(size: 1)
        defer { pool.close() }
        let (gate, open) = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await pool.withConnection { _ = try $0.query("SELECT pg_sleep(600)") }
            return true
        }
        while pool.inUse == 0 { await Task.yield() }
        let waiters = (0..<10).map { _ in Task { try await postgresFailure { _ = try await pool.int("SELECT 1") } } }
        let last = Task {
            for await _ in gate { break }
            return try await pool.int("SELECT 7")
        }
        for waiter in waiters { waiter.cancel() }
        for waiter in waiters { #expect(try await waiter.value == .cancelled) }
        #expect(pool.inUse == 1)
        open.finish()
        holder.cancel()
        #expect(try await postgresFailure { _ = try await holder.value } == .cancelled)
        #expect(try await last.value == 7)
    }

    @Test("refuses everything once it is closed, also those who wait")
    func closing() async throws {
        let pool = try await PostgresPool.test(size: 1)
        #expect(try await pool.int("SELECT 1") == 1)
        let holder = Task { try await pool.int("SELECT 1 FROM pg_sleep(0.2)") }
        while pool.inUse == 0 { await Task.yield() }
        let waiter = Task { try await postgresFailure { _ = try await pool.int("SELECT 1") } }
        while pool.waiting == 0 { await Task.yield() }
        pool.close()
        #expect(try await waiter.value == .closed)
        #expect(try await postgresFailure { _ = try await pool.int("SELECT 1") } == .closed)
        #expect(try await holder.value == 1, "what is under way ends as usual")
    }
}
