/// A multipart upload that belongs to an upload of ours.
public struct MultipartRecord: Hashable, Sendable {
    /// The object it makes.
    public var object: ObjectID
    /// That object's key.
    public var key: String
    /// The object store's id for it.
    public var storeID: String

    /// Makes a record.
    public init(object: ObjectID, key: String, storeID: String) {
        self.object = object
        self.key = key
        self.storeID = storeID
    }
}
