extension NixHash {
    /// Reads a hash that names its algorithm, in any spelling that Nix uses.
    ///
    /// - Parameter text: `sha256:` and nix32, hexadecimal or padded base 64, told apart by their length; or
    ///   `sha256-` and base 64 (SRI). The algorithm may be any ``HashAlgorithm``.
    /// - Throws: ``NarKitError`` with the code `invalidHash` when it is none of these.
    public init(parsing text: some StringProtocol) throws(NarKitError) {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span)
    }

    /// Reads a hash whose algorithm is known from elsewhere.
    ///
    /// - Parameters:
    ///   - text: The digest in nix32, hexadecimal or padded base 64, told apart by their length; or with the prefix of
    ///     the same algorithm.
    ///   - algorithm: The algorithm.
    /// - Throws: ``NarKitError`` with the code `invalidHash` when it is none of these or names another algorithm.
    public init(parsing text: some StringProtocol, algorithm: HashAlgorithm) throws(NarKitError) {
        let bytes = Array(text.utf8)
        if let digest = Self.digest(bytes.span, algorithm: algorithm) {
            self.init(unchecked: digest, algorithm: algorithm)
            return
        }
        let prefixed = try? NixHash(parsing: bytes.span)
        guard let prefixed, prefixed.algorithm == algorithm else {
            throw Self.malformed(bytes, as: algorithm)
        }
        self = prefixed
    }

    /// Reads the structured form that newer versions of Nix print as JSON.
    ///
    /// - Parameters:
    ///   - algorithm: The name of the algorithm, such as `sha256`.
    ///   - format: How `hash` is spelled: `base64`, `nix32` (or its old name `base32`), `base16`, or `sri`.
    ///   - hash: The digest in that spelling.
    /// - Throws: ``NarKitError`` with the code `invalidHash` when the algorithm or the format is unknown, or the digest is
    ///   not spelled that way.
    public init(algorithm: String, format: String, hash: String) throws(NarKitError) {
        guard let known = HashAlgorithm(rawValue: algorithm) else { throw Self.unknownAlgorithm(algorithm) }
        let digits = Array(hash.utf8)
        let bytes: [UInt8]?
        switch format {
        case "base64": bytes = Base64.decode(digits.span)
        case "nix32", "base32": bytes = Nix32.decode(digits.span)
        case "base16": bytes = Hexadecimal.decode(digits.span)
        case "sri":
            self = try NixHash(parsing: hash, algorithm: known)
            return
        default:
            throw NarKitError(
                .invalidHash,
                "\(quoted(format)) is not a format of hashes: it must be base64, nix32, base16 or sri.")
        }
        guard let bytes, bytes.count == known.byteCount else { throw Self.malformed(digits, as: known) }
        self.init(unchecked: bytes, algorithm: known)
    }

    /// Reads a hash that names its algorithm.
    init(parsing text: Span<UInt8>) throws(NarKitError) {
        // The longest name of an algorithm has six bytes.
        for index in 0..<min(text.count, 7) {
            let separator = text[index]
            guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { continue }
            let name = text.extracting(0..<index)
            guard let algorithm = HashAlgorithm(utf8: name) else { throw Self.unknownAlgorithm([UInt8](name)) }
            let digits = text.extracting((index + 1)..<text.count)
            let bytes: [UInt8]?
            if separator == UInt8(ascii: "-") {
                let decoded = digits.count <= 4 * algorithm.byteCount ? Base64.decode(digits) : nil
                bytes = decoded?.count == algorithm.byteCount ? decoded : nil
            } else {
                bytes = Self.digest(digits, algorithm: algorithm)
            }
            guard let bytes else { throw Self.malformed([UInt8](text), as: algorithm) }
            self.init(unchecked: bytes, algorithm: algorithm)
            return
        }
        throw NarKitError(
            .invalidHash,
            "\(quoted([UInt8](text))) does not name its hash algorithm: write it as sha256:… or sha256-….")
    }

    /// The digest that `text` spells without naming its algorithm; its length tells how.
    private static func digest(_ text: Span<UInt8>, algorithm: HashAlgorithm) -> [UInt8]? {
        let count = algorithm.byteCount
        let bytes: [UInt8]? =
            switch text.count {
            case count * 2: Hexadecimal.decode(text)
            case Nix32.characterCount(forBytes: count): Nix32.decode(text)
            case (count + 2) / 3 * 4: Base64.decode(text)
            default: nil
            }
        // Base 64 of this length spells up to two bytes more when it has no padding.
        return bytes?.count == count ? bytes : nil
    }

    private static func unknownAlgorithm(_ name: some Collection<UInt8>) -> NarKitError {
        NarKitError(
            .invalidHash, "\(quoted(name)) is not a hash algorithm: it must be md5, sha1, sha256 or sha512.")
    }

    private static func unknownAlgorithm(_ name: String) -> NarKitError {
        unknownAlgorithm(Array(name.utf8))
    }

    private static func malformed(_ text: [UInt8], as algorithm: HashAlgorithm) -> NarKitError {
        NarKitError(
            .invalidHash,
            "\(quoted(text)) is not a \(algorithm.rawValue) hash: it must spell \(algorithm.byteCount) bytes in nix32, "
                + "hexadecimal or base 64.")
    }
}
