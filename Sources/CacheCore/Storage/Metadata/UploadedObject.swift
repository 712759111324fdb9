/// An object of which a client says that it was uploaded, and a claim that stands for it.
public struct UploadedObject: Hashable, Sendable {
    /// The object's key.
    public var key: ObjectKey
    /// The claiming upload.
    public var upload: UploadID
    /// The object.
    public var object: ObjectID
    /// Its state.
    public var state: ObjectState
    /// The size of the NAR in bytes before compression; nil when it is not known or no NAR.
    public var narSize: Int64?

    /// Makes the description.
    public init(key: ObjectKey, upload: UploadID, object: ObjectID, state: ObjectState, narSize: Int64?) {
        self.key = key
        self.upload = upload
        self.object = object
        self.state = state
        self.narSize = narSize
    }
}
