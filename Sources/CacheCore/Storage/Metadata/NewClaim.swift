/// An object that an upload is to claim.
public struct NewClaim: Hashable, Sendable {
    /// The object's key.
    public var key: ObjectKey
    /// The keys it is declared to refer to.
    public var refs: [String]
    /// For a NAR: its size in bytes before compression; nil when it is not known.
    public var narSize: Int64?
    /// Whether the upload lists the object. A root that it does not list is claimed only when it is there.
    public var isListed: Bool

    /// Makes a claim.
    public init(key: ObjectKey, refs: [String] = [], narSize: Int64? = nil, isListed: Bool = true) {
        self.key = key
        self.refs = refs
        self.narSize = narSize
        self.isListed = isListed
    }
}
