/// An upload that the metadata store knows.
public struct StartedUpload: Hashable, Sendable {
    /// Its number.
    public var id: UploadID
    /// How far it is.
    public var state: UploadState
    /// When it began.
    public var startedAt: Timestamp

    /// Makes a started upload.
    public init(id: UploadID, state: UploadState, startedAt: Timestamp) {
        self.id = id
        self.state = state
        self.startedAt = startedAt
    }
}
