/// An Ed25519 key that verifies signatures, as `trusted-public-keys` lists them.
public struct PublicKey: Hashable, Sendable {
    /// The name of the key; it verifies only signatures that carry it.
    public let name: String
    /// The key, 32 bytes.
    public let bytes: [UInt8]

    /// Reads the text form; white space around it is ignored.
    ///
    /// - Parameter text: The name, a colon, and 32 bytes in base 64, padded or not.
    /// - Throws: ``NarKitError`` with the code `invalidKey` when it is something else; `cryptography` when libsodium cannot
    ///   be started.
    public init(parsing text: some StringProtocol) throws(NarKitError) {
        let bytes = Array(text.utf8)
        guard let parts = NamedKeyText(parsing: bytes.span.extracting(trimmedRange(of: bytes))),
            parts.bytes.count == Sodium.publicKeyLength
        else {
            throw NarKitError(
                .invalidKey,
                "\(quoted(bytes)) is not a public key: it must be a name, a colon, and 32 bytes in base 64, as "
                    + "`nix key convert-secret-to-public` prints it.")
        }
        try Sodium.start()
        self.init(unchecked: parts.bytes, name: parts.name)
    }

    /// For the public half of a secret key.
    init(unchecked bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    /// Whether this key made a signature.
    ///
    /// - Parameters:
    ///   - signature: The signature; false when it carries another key's name.
    ///   - message: What was signed, such as ``NarInfo/fingerprint``.
    public func verifies(_ signature: Signature, of message: String) -> Bool {
        signature.keyName == name && Sodium.verify(signature.bytes, of: message, with: bytes)
    }
}

extension PublicKey: CustomStringConvertible {
    /// The text form, such as `cache.example.org-1:…` with base 64.
    public var description: String { "\(name):\(Base64.encode(bytes))" }
}
