/// What happens to uploads, for metrics.
public enum UploadEvent: Hashable, Sendable {
    /// One was begun, over some objects of which some have to be uploaded.
    case begun(objects: Int, wanted: Int)
    /// One was committed that had begun at this instant.
    case completed(startedAt: Timestamp)
    /// One could not be completed as it was.
    case refused
}
