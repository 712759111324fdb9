/// Public keys that are trusted together: a signature counts when any key of its name verifies it.
public struct TrustedKeys: Sendable {
    private let keys: [String: [PublicKey]]

    /// Trusts some keys.
    ///
    /// - Parameter keys: The keys; several may have the same name.
    public init(_ keys: some Sequence<PublicKey>) {
        self.keys = Dictionary(grouping: keys, by: \.name)
    }

    /// Reads keys as `trusted-public-keys` in `nix.conf` lists them.
    ///
    /// - Parameter text: Public keys, separated by white space.
    /// - Throws: ``NarKitError`` with the code `invalidKey` when one of them is malformed.
    public init(parsing text: String) throws(NarKitError) {
        var keys: [PublicKey] = []
        for key in text.split(whereSeparator: \.isWhitespace) { try keys.append(PublicKey(parsing: key)) }
        self.init(keys)
    }

    /// The signatures that a trusted key made.
    ///
    /// - Parameters:
    ///   - signatures: Any signatures; those of unknown keys are passed over.
    ///   - message: What was signed.
    /// - Returns: The good ones, in their order.
    public func valid(among signatures: some Sequence<Signature>, of message: String) -> [Signature] {
        signatures.filter { verifies($0, of: message) }
    }

    /// Whether a trusted key made the signature.
    ///
    /// - Parameters:
    ///   - signature: The signature.
    ///   - message: What was signed.
    public func verifies(_ signature: Signature, of message: String) -> Bool {
        keys[signature.keyName]?.contains { $0.verifies(signature, of: message) } ?? false
    }
}
