/// An Ed25519 signature and the name of the key that made it: the `Sig` line of a narinfo.
public struct Signature: Hashable, Sendable {
    /// The name of the key, such as `cache.example.org-1`.
    public let keyName: String
    /// The signature, 64 bytes.
    public let bytes: [UInt8]

    /// The text form; kept because signatures are ordered and written by it.
    private let text: String

    /// The length of a signature in bytes.
    public static let byteCount = 64

    /// Makes a signature.
    ///
    /// - Parameters:
    ///   - keyName: The name of the key: no colon, no space, no control character.
    ///   - bytes: The signature, 64 bytes.
    /// - Throws: ``NarKitError`` with the code `invalidSignature` when either is something else.
    public init(keyName: String, bytes: [UInt8]) throws(NarKitError) {
        guard NamedKeyText.isName(keyName), bytes.count == Self.byteCount else {
            throw Self.malformed("\(keyName):\(Base64.encode(bytes))".utf8)
        }
        self.init(unchecked: bytes, keyName: keyName)
    }

    /// Reads the text form.
    ///
    /// - Parameter text: The name of the key, a colon, and 64 bytes in base 64.
    /// - Throws: ``NarKitError`` with the code `invalidSignature` when it is something else.
    public init(parsing text: some StringProtocol) throws(NarKitError) {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span)
    }

    /// Reads the text form.
    init(parsing text: Span<UInt8>) throws(NarKitError) {
        guard let parts = NamedKeyText(parsing: text), parts.bytes.count == Self.byteCount else {
            throw Self.malformed([UInt8](text))
        }
        self.init(unchecked: parts.bytes, keyName: parts.name)
    }

    /// For bytes that a key has just made.
    init(unchecked bytes: [UInt8], keyName: String) {
        self.keyName = keyName
        self.bytes = bytes
        text = keyName + ":" + Base64.encode(bytes)
    }

    private static func malformed(_ text: some Collection<UInt8>) -> NarKitError {
        NarKitError(
            .invalidSignature,
            "\(quoted(text)) is not a signature: it must be the name of a key, a colon, and 64 bytes in base 64.")
    }
}

extension Signature: CustomStringConvertible {
    /// The text form, such as `cache.example.org-1:…` with base 64.
    public var description: String { text }
}

extension Signature: Comparable {
    /// Orders by the bytes of the text form, as Nix orders the `Sig` lines.
    public static func < (left: Signature, right: Signature) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
