/// The number of an object's row, never used again.
public typealias ObjectID = Int64

/// What is known about the bytes under an object's key.
public enum ObjectState: Int, Hashable, Sendable, CaseIterable {
    /// Not verified to be there.
    case uploading = 0
    /// Verified to be there. It says nothing about being reachable.
    case live = 1
    /// There, found unreachable by a collection, and no delete was ever tried.
    case condemned = 2
    /// A delete may have been tried; the only way back is another upload.
    case deleting = 3

    /// Whether the bytes are certainly there.
    public var isPresent: Bool { self == .live || self == .condemned }
}
