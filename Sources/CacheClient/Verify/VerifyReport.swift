/// What was found out about a cache.
public struct VerifyReport: Sendable, Equatable {
    /// How many narinfos were read.
    public var paths = 0
    /// The size of their NARs, before compression, in bytes.
    public var narBytes: UInt64 = 0
    /// What is wrong, sorted by object.
    public var problems: [VerifyProblem] = []

    /// Makes an empty report.
    public init() {}
}
