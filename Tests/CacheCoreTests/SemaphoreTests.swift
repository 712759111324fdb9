import Synchronization
import Testing

@testable import CacheCore

@Suite(.timeLimit(.minutes(1))) struct SemaphoreTests {
    @Test("no more is out than there is, and everybody gets something")
    func bounded() async {
        let semaphore = Semaphore(10)
        let tally = Tally()
        await withDiscardingTaskGroup { group in
            for index in 0..<200 {
                group.addTask {
                    guard let taken = await semaphore.take(index % 12) else { return }
                    tally.begin(taken)
                    await Task.yield()
                    tally.end(taken)
                    semaphore.release(taken)
                }
            }
        }
        #expect(tally.done == 200)
        #expect(tally.most == 10)
        #expect(semaphore.taken == 0)
    }

    @Test("they are served in the order in which they asked, whoever asks for less")
    func inOrder() async {
        let semaphore = Semaphore(3)
        let taken = await semaphore.take(2)
        let (served, serving) = AsyncStream.makeStream(of: Int.self)
        await withDiscardingTaskGroup { group in
            for (index, amount) in [3, 1, 2].enumerated() {
                group.addTask {
                    guard let taken = await semaphore.take(amount) else { return }
                    serving.yield(amount)
                    semaphore.release(taken)
                }
                while semaphore.waiting <= index { await Task.yield() }
            }
            #expect(semaphore.taken == 2)
            semaphore.release(taken ?? 0)
        }
        serving.finish()
        let order = await served.reduce(into: []) { $0.append($1) }
        #expect(order.first == 3)
        #expect(order.sorted() == [1, 2, 3])
    }

    @Test("who waits and is cancelled leaves the line, and the next one gets its turn")
    func cancelled() async {
        let semaphore = Semaphore(2)
        let first = await semaphore.take()
        await withDiscardingTaskGroup { group in
            let large = Task { await semaphore.take(2) }
            while semaphore.waiting < 1 { await Task.yield() }
            group.addTask { #expect(await semaphore.take() == 1) }
            while semaphore.waiting < 2 { await Task.yield() }
            large.cancel()
            #expect(await large.value == nil)
        }
        #expect(semaphore.taken == 2)
        #expect(semaphore.waiting == 0)
        semaphore.release(first ?? 0)
    }

    @Test("who was cancelled before it asked takes nothing")
    func cancelledBefore() async {
        let semaphore = Semaphore(1)
        await withTaskGroup(of: Int?.self) { group in
            group.cancelAll()
            group.addTask { await semaphore.take() }
            #expect(await group.next() == .some(nil))
        }
        #expect(semaphore.taken == 0)
    }

    @Test("closing refuses those who wait, and those who come later")
    func closed() async {
        let semaphore = Semaphore(1)
        let first = await semaphore.take()
        await withDiscardingTaskGroup { group in
            group.addTask { #expect(await semaphore.take() == nil) }
            while semaphore.waiting < 1 { await Task.yield() }
            semaphore.close()
        }
        semaphore.release(first ?? 0)
        #expect(await semaphore.take() == nil)
        #expect(semaphore.taken == 0)
    }
}

/// How much is out at once.
private final class Tally: Sendable {
    private let counts = Mutex((now: 0, most: 0, done: 0))

    var most: Int { counts.withLock { $0.most } }
    var done: Int { counts.withLock { $0.done } }

    func begin(_ amount: Int) {
        counts.withLock { counts in
            counts.now += amount
            counts.most = max(counts.most, counts.now)
        }
    }

    func end(_ amount: Int) {
        counts.withLock { counts in
            counts.now -= amount
            counts.done += 1
        }
    }
}
