import Synchronization

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
