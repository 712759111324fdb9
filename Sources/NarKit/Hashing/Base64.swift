/// Base 64 with the standard alphabet (RFC 4648, section 4).
///
/// Reading is strict: no line breaks, and the bits that no byte uses must be zero, so that every text which is
/// accepted is the only spelling of its bytes but for its padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt8 = 0xff
    private static let padding = UInt8(ascii: "=")

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: count) { buffer in
            var output = 0
            var input = 0
            while input < bytes.count {
                let present = min(3, bytes.count - input)
                var group = UInt32(bytes[input]) << 16
                if present > 1 { group |= UInt32(bytes[input + 1]) << 8 }
                if present > 2 { group |= UInt32(bytes[input + 2]) }
                for position in 0..<4 {
                    let digit = Int(group >> UInt32(18 - 6 * position)) & 63
                    buffer[output + position] = position <= present ? alphabet[digit] : padding
                }
                input += 3
                output += 4
            }
            return count
        }
    }

    /// The bytes that `text` spells, or nil when it is not base 64.
    ///
    /// - Parameter text: The digits; the padding may be there or be left out, but not be there in part.
    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        var digits = text.count
        while digits > 0, text.count - digits < 2, text[digits - 1] == padding { digits -= 1 }
        guard digits == text.count || text.count.isMultiple(of: 4), digits % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits = 0
        for index in 0..<digits {
            let value = values[Int(text[index])]
            guard value != invalid else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                group &= (1 << UInt32(bits)) - 1
            }
        }
        return group == 0 ? bytes : nil
    }
}
