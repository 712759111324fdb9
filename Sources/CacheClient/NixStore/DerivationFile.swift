/// A derivation as it lies in the store: `Derive([("out","/nix/store/…","",""),…],…)`.
///
/// Source: the Nix manual, "Derivation ATerm format".
enum DerivationFile {
    /// The largest file that is read, in bytes.
    private static let sizeLimit = 16 << 20

    /// The paths of the outputs, in the order of the file; none for outputs whose paths only the build decides.
    ///
    /// - Parameter path: The file.
    /// - Returns: Nil when there is no such file, or it is no derivation.
    /// - Throws: ``ClientError`` with the code `unreadablePath` when it cannot be read.
    static func outputs(ofFile path: String) throws(ClientError) -> [String]? {
        guard let bytes = try FileAccess.contents(of: path, limit: sizeLimit) else { return nil }
        return outputs(in: bytes)
    }

    /// The paths of the outputs in the text of a derivation.
    static func outputs(in bytes: [UInt8]) -> [String]? {
        var rest = bytes[...]
        guard skip("Derive([", in: &rest) else { return nil }
        var paths: [String] = []
        repeat {
            // The name, the path, and the hash algorithm and hash of what is fixed.
            guard skip("(", in: &rest), string(in: &rest) != nil, skip(",", in: &rest), let path = string(in: &rest),
                skip(",", in: &rest), string(in: &rest) != nil, skip(",", in: &rest), string(in: &rest) != nil,
                skip(")", in: &rest)
            else { return nil }
            if !path.isEmpty { paths.append(path) }
        } while skip(",", in: &rest)
        return skip("]", in: &rest) ? paths : nil
    }

    private static func skip(_ text: StaticString, in rest: inout ArraySlice<UInt8>) -> Bool {
        let count = text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer { rest.prefix(count).elementsEqual($0) }
        if matches { rest = rest.dropFirst(count) }
        return matches
    }

    /// Reads a quoted text, in which a backslash keeps the next character from ending it.
    private static func string(in rest: inout ArraySlice<UInt8>) -> String? {
        guard skip("\"", in: &rest) else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            bytes.append(escaped)
        }
        return nil
    }
}
