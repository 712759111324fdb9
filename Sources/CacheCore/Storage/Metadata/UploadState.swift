/// How far an upload is.
public enum UploadState: Int, Hashable, Sendable, CaseIterable {
    /// Objects are being uploaded.
    case open = 0
    /// Decided; the server writes narinfos and realisations, and will do so whatever happens.
    case publishing = 1
    /// Its roots are committed.
    case completed = 2
    /// Given up.
    case dropped = 3
}
