/// What the decision about an upload goes by, beside what the metadata store knows.
public struct CompletionRequest: Hashable, Sendable {
    /// The upload.
    public var upload: UploadID
    /// What was seen in the bucket under the upload's claims.
    public var arrivals: [ObjectArrival]
    /// Whether references that are neither here nor declared external are refused.
    public var requiresCompleteClosures: Bool

    /// Makes a request.
    public init(upload: UploadID, arrivals: [ObjectArrival], requiresCompleteClosures: Bool) {
        self.upload = upload
        self.arrivals = arrivals
        self.requiresCompleteClosures = requiresCompleteClosures
    }
}
