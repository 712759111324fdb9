/// Who makes a request, once a credential has been checked.
public struct Principal: Hashable, Sendable {
    /// A name for logs. Never the credential itself.
    public let name: String
    /// What the credential allows.
    public let scopes: Scopes

    /// - Parameters:
    ///   - name: for logs.
    ///   - scopes: what is allowed.
    public init(name: String, scopes: Scopes) {
        self.name = name
        self.scopes = scopes
    }
}
