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
    func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard bytes <= limit - used else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what was taken.
    func giveBack(_ bytes: Int) {
        used.withLock { $0 -= bytes }
    }
}
