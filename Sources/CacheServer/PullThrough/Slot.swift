import CacheCore

/// A place among the NARs that are fetched at once, free again once nobody holds on to it.
final class Slot: Sendable {
    private let slots: Semaphore

    /// Waits for one.
    /// - Throws: `CancellationError`.
    init(_ slots: Semaphore) async throws {
        guard await slots.take() != nil else { throw CancellationError() }
        self.slots = slots
    }

    deinit { slots.release(1) }
}
