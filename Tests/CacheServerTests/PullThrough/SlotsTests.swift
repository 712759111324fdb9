import Testing

@testable import CacheServer

@Suite(.timeLimit(.minutes(1))) struct SlotsTests {
    @Test func inTheOrderInWhichTheyWereAskedFor() async throws {
        let slots = Slots(1)
        var first: Slots.Slot? = try await slots.take()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (taken, taking) = AsyncStream.makeStream(of: Int.self)
            for number in 0..<3 {
                group.addTask {
                    let slot = try await slots.take()
                    taking.yield(number)
                    withExtendedLifetime(slot) {}
                }
                while slots.waiters <= number { try await Task.sleep(for: .milliseconds(1)) }
            }
            withExtendedLifetime(first) {}
            first = nil
            try await group.waitForAll()
            taking.finish()
            #expect(await taken.reduce(into: []) { $0.append($1) } == [0, 1, 2])
        }
        _ = try await slots.take()
    }

    @Test func whoGoesAwayTakesNone() async throws {
        let slots = Slots(1)
        let slot = try await slots.take()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: CancellationError.self) { try await slots.take() } }
            while slots.waiters == 0 { await Task.yield() }
            group.cancelAll()
        }
        #expect(slots.waiters == 0)
        withExtendedLifetime(slot) {}
    }
}
