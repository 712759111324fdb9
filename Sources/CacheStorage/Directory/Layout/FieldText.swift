/// Names and values, one pair a line: `name value`. Values are escaped like file names, so that none breaks a line.
enum FieldText {
    static func encode(_ fields: [(name: String, value: String?)]) -> [UInt8] {
        var text = ""
        for case (let name, let value?) in fields {
            text += "\(name) \(PathEscaping.escape(value.utf8))\n"
        }
        return Array(text.utf8)
    }

    /// - Returns: `nil` when a line is broken or a name comes twice.
    static func decode(_ bytes: some BidirectionalCollection<UInt8>) -> [String: String]? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        var fields: [String: String] = [:]
        for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let name = String(validating: line[..<space], as: UTF8.self),
                let value = PathEscaping.unescape(line[line.index(after: space)...]),
                let text = String(validating: value, as: UTF8.self),
                fields.updateValue(text, forKey: name) == nil
            else { return nil }
        }
        return fields
    }
}
