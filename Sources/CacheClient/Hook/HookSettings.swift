/// How the hook's daemon works.
public struct HookSettings: Sendable, Equatable {
    /// How many paths are pushed together at most.
    public var batchSize: Int
    /// After how long without anything to do it ends; nil for never.
    public var idleExitTimeout: Duration?

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - batchSize: How many paths are pushed together, at least 1.
    ///   - idleExitTimeout: After how long without anything to do it ends.
    public init(batchSize: Int = 50, idleExitTimeout: Duration? = .seconds(60)) {
        self.batchSize = max(1, batchSize)
        self.idleExitTimeout = idleExitTimeout
    }
}
