/// Who makes a request, once a credential has been checked.
public struct Principal: Hashable, Sendable {
    /// A name for logs, and to tell credentials apart. Never the credential itself.
    public let name: String
    /// What the credential allows.
    public let scopes: Scopes
    /// Which pins it may set, where it may set any.
    public let pins: PinPermission

    /// - Parameters:
    ///   - name: for logs, and to tell credentials apart.
    ///   - scopes: what is allowed.
    ///   - pins: which pins may be set.
    public init(name: String, scopes: Scopes, pins: PinPermission = .any) {
        self.name = name
        self.scopes = scopes
        self.pins = pins
    }
}
