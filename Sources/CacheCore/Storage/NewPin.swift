/// A name that is given to a closure.
public struct NewPin: Hashable, Sendable {
    /// The name.
    public var name: PinName
    /// The key of the closure's top narinfo.
    public var closure: String
    /// The path of its top.
    public var storePath: String
    /// When it ends; nil for never.
    public var expiresAt: Timestamp?
    /// How many of the closures that had the name last stay, this one included; at least 1.
    public var keep: Int

    /// Makes a pin.
    public init(name: PinName, closure: String, storePath: String, expiresAt: Timestamp? = nil, keep: Int = 1) {
        self.name = name
        self.closure = closure
        self.storePath = storePath
        self.expiresAt = expiresAt
        self.keep = max(1, keep)
    }
}
