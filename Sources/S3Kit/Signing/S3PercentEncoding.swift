/// Percent-encoding as Signature Version 4 wants it: all but `A–Z a–z 0–9 - . _ ~` becomes `%XX` in capitals.
///
/// Source: Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header", function `UriEncode`.
public enum S3PercentEncoding {
    private static let digits: [UInt8] = Array("0123456789ABCDEF".utf8)

    /// Encodes a name or a value of a query.
    ///
    /// - Parameter text: any text; its UTF-8 bytes are encoded one by one.
    public static func encode(_ text: some StringProtocol) -> String {
        text.utf8.allSatisfy(isUnreserved) ? String(text) : encode(Array(text.utf8), keepingSlashes: false)
    }

    /// Encodes an object's key for use in a path, once; slashes stay.
    ///
    /// - Parameter key: any key, also one with empty or dotted segments, which stay as they are.
    public static func encodePath(_ key: some StringProtocol) -> String {
        let isPlain = key.utf8.allSatisfy { isUnreserved($0) || $0 == UInt8(ascii: "/") }
        return isPlain ? String(key) : encode(Array(key.utf8), keepingSlashes: true)
    }

    /// Decodes `%XX`; every other byte, `+` too, stands for itself.
    ///
    /// - Parameter text: an encoded path, or an encoded name or value of a query.
    /// - Returns: the text, or `nil` for a broken escape or for bytes that are not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? {
        decodeBytes(text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    static func decodeBytes(_ text: some StringProtocol) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            decoded.append(high << 4 | low)
        }
        return decoded
    }

    static func encode(_ bytes: [UInt8], keepingSlashes: Bool) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 3) { buffer in
            var end = 0
            for byte in bytes {
                if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
                    buffer[end] = byte
                    end += 1
                } else {
                    buffer[end] = UInt8(ascii: "%")
                    buffer[end + 1] = digits[Int(byte >> 4)]
                    buffer[end + 2] = digits[Int(byte & 15)]
                    end += 3
                }
            }
            return end
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
