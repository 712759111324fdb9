import Synchronization

/// Bounds the memory of all request bodies, and of what was made of them, that are held at the same time.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes `bytes` of it, or nothing and returns false when so much is not left.
    fileprivate func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard bytes <= limit - used else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what was taken.
    fileprivate func giveBack(_ bytes: Int) {
        used.withLock { $0 -= bytes }
    }
}

/// What one request has of a budget, for as long as somebody holds on to it.
final class BodyShare: Sendable {
    private let budget: BodyBudget
    private let taken = Mutex(0)

    init(of budget: BodyBudget) {
        self.budget = budget
    }

    /// Takes more, or nothing and returns false when so much is not left.
    func take(_ bytes: Int) -> Bool {
        guard budget.take(bytes) else { return false }
        taken.withLock { $0 += bytes }
        return true
    }

    deinit {
        budget.giveBack(taken.withLock { $0 })
    }
}
