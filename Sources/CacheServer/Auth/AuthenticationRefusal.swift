/// Why a credential does not count, for the log. The caller hears nothing of it.
public struct AuthenticationRefusal: Hashable, Sendable {
    /// Who the caller claims to be; unchecked, and never the credential itself.
    public let claimant: String?
    /// What is wrong.
    public let reason: String

    /// - Parameters:
    ///   - claimant: who the caller claims to be.
    ///   - reason: what is wrong.
    public init(claimant: String? = nil, reason: String) {
        // Both may hold what a stranger sent.
        self.claimant = claimant.map { String($0.prefix(256)) }
        self.reason = String(reason.prefix(512))
    }
}
