/// A narinfo or realisation that the server is to write, kept with the claim of an upload.
public struct ObjectText: Hashable, Sendable {
    /// The object.
    public var object: ObjectID
    /// The bytes to write.
    public var bytes: [UInt8]
    /// For a narinfo: the keys of the narinfos it refers to and of its NAR.
    public var refs: [String]
    /// For a narinfo: the key of its NAR.
    public var narKey: String?
    /// Whether it was read from staging, where a better one may yet arrive.
    public var isStaged: Bool

    /// Makes a text.
    public init(
        object: ObjectID, bytes: [UInt8], refs: [String] = [], narKey: String? = nil, isStaged: Bool = false
    ) {
        self.object = object
        self.bytes = bytes
        self.refs = refs
        self.narKey = narKey
        self.isStaged = isStaged
    }
}
