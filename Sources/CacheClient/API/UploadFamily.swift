/// The two families of routes by which a server takes uploads.
public enum UploadFamily: Sendable {
    /// `/api/pushes`: several roots in one upload.
    case push
    /// `/api/pending_closures`: one root each, which every server has.
    case pendingClosure

    var path: String {
        switch self {
        case .push: "/api/pushes"
        case .pendingClosure: "/api/pending_closures"
        }
    }
}
