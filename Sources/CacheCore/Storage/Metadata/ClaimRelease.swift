/// How far the claims of a finished upload are deleted.
public struct ClaimRelease: Hashable, Sendable {
    /// The instant of the transaction.
    public var instant: Timestamp
    /// How far it is.
    public var progress: Progress

    /// How far the claims are deleted.
    public enum Progress: Hashable, Sendable {
        /// All are gone.
        case done
        /// Some are left; call again.
        case more
        /// A collection is under way that may not have seen the roots: it deletes them.
        case leftToCollection
        /// The upload is not finished, or unknown.
        case notFinished
    }

    /// Makes the description.
    public init(instant: Timestamp, progress: Progress) {
        self.instant = instant
        self.progress = progress
    }
}
