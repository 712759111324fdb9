/// A completed or dropped upload of which something is left to clean up.
public struct FinishedUpload: Hashable, Sendable {
    /// Its number.
    public var id: UploadID
    /// Whether it still has claims.
    public var hasClaims: Bool
    /// Whether no request that it allowed can still take effect, so that its staging can be emptied for good.
    public var isOver: Bool
    /// The instant at which it was found.
    public var instant: Timestamp

    /// Makes the description.
    public init(id: UploadID, hasClaims: Bool, isOver: Bool, instant: Timestamp) {
        self.id = id
        self.hasClaims = hasClaims
        self.isOver = isOver
        self.instant = instant
    }
}
