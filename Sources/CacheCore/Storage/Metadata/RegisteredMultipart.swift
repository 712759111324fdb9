/// A multipart upload of an open upload, with the instant at which it was found.
public struct RegisteredMultipart: Hashable, Sendable {
    /// The instant; part URLs are dated with it.
    public var instant: Timestamp
    /// The upload it belongs to.
    public var upload: UploadID
    /// The object it makes.
    public var object: ObjectID
    /// The size of the NAR in bytes before compression; nil when it is not known.
    public var narSize: Int64?

    /// Makes the description.
    public init(instant: Timestamp, upload: UploadID, object: ObjectID, narSize: Int64?) {
        self.instant = instant
        self.upload = upload
        self.object = object
        self.narSize = narSize
    }
}
