/// Nix's own base 32: an alphabet without `e`, `o`, `t` and `u`, most significant digit first.
///
/// The bytes are read as one little-endian number, so that the first characters come from the last bytes.
/// See "Store paths" and `nix-hash(1)` in the Nix manual.
public enum Nix32 {
    private static let alphabet = Array("0123456789abcdfghijklmnpqrsvwxyz".utf8)
    private static let invalid: UInt8 = 0xff

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// How many characters spell a number of bytes: 32 for 20, 52 for 32.
    ///
    /// - Parameter byteCount: The number of bytes.
    /// - Returns: The number of characters, `ceil(byteCount * 8 / 5)`.
    public static func characterCount(forBytes byteCount: Int) -> Int {
        (byteCount * 8 + 4) / 5
    }

    /// Spells bytes in nix32.
    ///
    /// - Parameter bytes: Any number of bytes.
    /// - Returns: The characters, without a prefix.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        let count = characterCount(forBytes: bytes.count)
        return String(unsafeUninitializedCapacity: count) { buffer in
            for digit in 0..<count {
                let (byte, shift) = (digit * 5).quotientAndRemainder(dividingBy: 8)
                var value = UInt16(bytes[byte])
                if byte + 1 < bytes.count { value |= UInt16(bytes[byte + 1]) << 8 }
                buffer[count - 1 - digit] = alphabet[Int(value >> UInt16(shift)) & 31]
            }
            return count
        }
    }

    /// Reads a nix32 text.
    ///
    /// - Parameter text: The characters, without a prefix.
    /// - Returns: The bytes, `text.count * 5 / 8` of them.
    /// - Throws: ``NarKitError`` with the code `invalidEncoding` when a character is not in the alphabet, no number of
    ///   bytes has that many characters, or the bits that belong to no byte are not zero.
    public static func decode(_ text: some StringProtocol) throws(NarKitError) -> [UInt8] {
        guard let bytes = decode(Array(text.utf8).span) else {
            throw NarKitError(
                .invalidEncoding,
                "\(quoted(text)) is not nix32: it must be digits and lower-case letters without e, o, t and u, "
                    + "as many as whole bytes need, with no bits left over.")
        }
        return bytes
    }

    /// Whether every character is in the alphabet.
    ///
    /// - Parameter text: Any text; an empty one counts as nix32.
    public static func isNix32(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { isDigit($0) }
    }

    /// Whether a byte is a character of the alphabet.
    static func isDigit(_ byte: UInt8) -> Bool {
        values[Int(byte)] != invalid
    }

    /// The bytes that `text` spells, or nil when it is not nix32.
    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let byteCount = text.count * 5 / 8
        guard characterCount(forBytes: byteCount) == text.count else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        var pending: UInt16 = 0
        var bits: UInt16 = 0
        for index in text.indices.reversed() {
            let value = values[Int(text[index])]
            guard value != invalid else { return nil }
            pending |= UInt16(value) << bits
            bits += 5
            if bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                bits -= 8
            }
        }
        return pending == 0 ? bytes : nil
    }
}
