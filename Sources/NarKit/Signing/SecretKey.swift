internal import CSodium

/// An Ed25519 key that signs, as `nix key generate-secret` makes them.
///
/// Its bytes are kept out of swap and wiped when the last copy is gone; its description does not show them.
public struct SecretKey: Sendable {
    /// The name that signatures carry, such as `cache.example.org-1`.
    public let name: String
    /// The key that verifies what this one signs.
    public let publicKey: PublicKey

    /// Seed and public key, 64 bytes.
    private let secret: SecretBytes

    /// Reads the text form; white space around it is ignored, so that the content of a key file can be given.
    ///
    /// - Parameter text: The name, a colon, and in base 64, padded or not, either 64 bytes (the seed and the public key,
    ///   as Nix writes them) or 32 bytes (the seed).
    /// - Throws: ``NarKitError`` with the code `invalidKey` when it is something else, or the public key in it does not
    ///   belong to the seed; `cryptography` when libsodium cannot be started. The messages show nothing of the secret.
    public init(parsing text: some StringProtocol) throws(NarKitError) {
        let bytes = Array(text.utf8)
        guard var parts = NamedKeyText(parsing: bytes.span.extracting(trimmedRange(of: bytes))) else {
            throw NarKitError(
                .invalidKey,
                "A secret key could not be read: it must be a name, a colon, and 64 bytes in base 64, as "
                    + "`nix key generate-secret` prints it.")
        }
        defer { sodium_memzero(&parts.bytes, parts.bytes.count) }
        let length = parts.bytes.count
        guard length == Sodium.seedLength || length == Sodium.secretKeyLength else {
            throw NarKitError(
                .invalidKey,
                "The secret key \(quoted(parts.name)) has \(length) bytes: it must have 64 bytes, or the 32 bytes of its "
                    + "seed.")
        }
        var seed = Array(parts.bytes.prefix(Sodium.seedLength))
        defer { sodium_memzero(&seed, seed.count) }
        try self.init(name: parts.name, seed: seed)
        guard length == Sodium.seedLength || publicKey.bytes.elementsEqual(parts.bytes.suffix(Sodium.publicKeyLength))
        else {
            throw NarKitError(
                .invalidKey,
                "The two halves of the secret key \(quoted(parts.name)) do not belong together: restore it from a backup, "
                    + "or generate a new key.")
        }
    }

    private init(name: String, seed: [UInt8]) throws(NarKitError) {
        var publicBytes = [UInt8](repeating: 0, count: Sodium.publicKeyLength)
        secret = try SecretBytes(count: Sodium.secretKeyLength) { bytes in
            crypto_sign_seed_keypair(&publicBytes, bytes, seed)
        }
        self.name = name
        publicKey = PublicKey(unchecked: publicBytes, name: name)
    }

    /// Makes a new key from the system's randomness.
    ///
    /// - Parameter name: The name: no colon, no space, no control character, at most 255 bytes. A host name and a number
    ///   are usual, so that a key can be replaced.
    /// - Throws: ``NarKitError`` with the code `invalidKey` when the name is something else; `cryptography` when libsodium
    ///   cannot be started.
    public static func generate(name: String) throws(NarKitError) -> SecretKey {
        guard NamedKeyText.isName(name) else {
            throw NarKitError(
                .invalidKey,
                "\(quoted(name)) cannot be the name of a key: it must have 1 to 255 bytes without colons, spaces and "
                    + "control characters.")
        }
        try Sodium.start()
        var seed = [UInt8](repeating: 0, count: Sodium.seedLength)
        defer { sodium_memzero(&seed, seed.count) }
        randombytes_buf(&seed, seed.count)
        return try SecretKey(name: name, seed: seed)
    }

    /// The text form with all 64 bytes, as Nix writes it. It is the secret: store it where only its user can read it.
    public var serialized: String {
        "\(name):\(Base64.encode(Array(UnsafeBufferPointer(start: secret.bytes, count: secret.count))))"
    }

    /// Signs a message.
    ///
    /// - Parameter message: What is signed, such as ``NarInfo/fingerprint``.
    /// - Returns: The signature; the same for the same message, because Ed25519 takes no randomness.
    public func sign(_ message: String) -> Signature {
        Signature(unchecked: Sodium.sign(message, with: secret), keyName: name)
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible {
    /// The name of the key, never its bytes.
    public var description: String { "\(name) (secret key)" }

    /// The name of the key, never its bytes.
    public var debugDescription: String { description }
}
