import CacheCore
import Testing

@testable import CacheServer

@Suite(.timeLimit(.minutes(1))) struct SlotTests {
    @Test func freeOnceNobodyHoldsIt() async throws {
        let slots = Semaphore(1)
        var slot: Slot? = try await Slot(slots)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { withExtendedLifetime(try await Slot(slots)) {} }
            while slots.waiting < 1 { await Task.yield() }
            withExtendedLifetime(slot) {}
            slot = nil
        }
        #expect(slots.taken == 0)
    }

    @Test func whoGoesAwayTakesNone() async throws {
        let slots = Semaphore(1)
        let slot = try await Slot(slots)
        await withDiscardingTaskGroup { group in
            group.addTask { _ = await #expect(throws: CancellationError.self) { try await Slot(slots) } }
            while slots.waiting < 1 { await Task.yield() }
            group.cancelAll()
        }
        #expect(slots.waiting == 0)
        withExtendedLifetime(slot) {}
        #expect(slots.taken == 1)
    }
}
