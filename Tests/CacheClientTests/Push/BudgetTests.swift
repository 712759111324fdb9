import Synchronization
import Testing

@testable import CacheClient

@Suite struct BudgetTests {
    @Test("no more is out than there is, and everybody gets something", .timeLimit(.minutes(1)))
    func bounded() async throws {
        let budget = Budget(10)
        let out = Mutex((now: 0, most: 0, done: 0))
        try await forEachConcurrently(0..<200, limit: 50) { index throws(ClientError) in
            let taken = try await budget.acquire(index % 12)
            out.withLock { out in
                out.now += taken
                out.most = max(out.most, out.now)
            }
            await Task.yield()
            out.withLock { out in
                out.now -= taken
                out.done += 1
            }
            budget.release(taken)
        }
        #expect(out.withLock { $0.done } == 200)
        #expect(out.withLock { $0.most } == 10)
    }

    @Test("who waits and is cancelled leaves the line, and the next one gets its turn", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let budget = Budget(2)
        let taken = try await budget.acquire(1)
        let order = Notes<String>()
        await withTaskGroup(of: Void.self) { group in
            let large = Task {
                do throws(ClientError) {
                    _ = try await budget.acquire(2)
                } catch {
                    order.add("\(error.code)")
                }
            }
            try? await Task.sleep(for: .milliseconds(20))
            group.addTask {
                if (try? await budget.acquire(1)) == 1 { order.add("small") }
            }
            try? await Task.sleep(for: .milliseconds(20))
            #expect(order.all.isEmpty)
            large.cancel()
            await large.value
            await group.waitForAll()
        }
        budget.release(taken)
        #expect(Set(order.all) == ["cancelled", "small"])
    }

    @Test("the first error ends the others and is the one that is thrown", .timeLimit(.minutes(1)))
    func firstError() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await forEachConcurrently(0..<10, limit: 10) { index throws(ClientError) in
                guard index != 3 else { throw ClientError(.rejected, "three") }
                guard (try? await Task.sleep(for: .seconds(60))) != nil else { throw .cancelled }
            }
        }
        #expect(error?.message == "three")
    }
}
