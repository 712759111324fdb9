import Synchronization

/// A fixed number of counters that any number of threads count with at the same time, without a lock.
final class AtomicCounts: @unchecked Sendable {
    // The pointer never changes, and what it leads to is only touched by atomic operations.
    private let cells: UnsafeMutablePointer<Atomic<Int64>>
    /// How many there are.
    let count: Int

    /// All of them 0.
    init(_ count: Int) {
        self.count = count
        cells = .allocate(capacity: count)
        for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: count)
        cells.deallocate()
    }

    /// The value of one.
    subscript(index: Int) -> Int64 {
        precondition((0..<count).contains(index), "there is no counter \(index)")
        return cells[index].load(ordering: .relaxed)
    }

    /// Adds to one; wraps around at the end of the range.
    func add(_ amount: Int64, to index: Int) {
        precondition((0..<count).contains(index), "there is no counter \(index)")
        cells[index].wrappingAdd(amount, ordering: .relaxed)
    }
}
