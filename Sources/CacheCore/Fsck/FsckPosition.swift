/// How far a check is: what is kept to go on from when it is interrupted.
public struct FsckPosition: Codable, Hashable, Sendable {
    /// What a check goes through, in this order.
    public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
        /// What the database knows.
        case objects
        /// What the bucket has.
        case bucket
        /// The closures.
        case closures
    }

    /// What the check is going through.
    public var phase: Phase
    /// The last key that is done.
    public var after: String
    /// What was found so far.
    public var summary: FsckSummary
    /// What the check was told to do.
    public var options: FsckOptions

    /// Makes the position at which a check begins.
    public init(_ options: FsckOptions) {
        phase = .objects
        after = ""
        summary = FsckSummary()
        self.options = options
    }
}
