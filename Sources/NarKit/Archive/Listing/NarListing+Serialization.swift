extension NarListing {
    /// The listing as Nix writes it into a `.ls` file.
    ///
    /// Names and targets keep their bytes, so the result is not UTF-8 where a name is not.
    ///
    /// - Returns: JSON without spaces and without a newline at the end.
    public func serialized() -> [UInt8] {
        var output = ListingText(capacity: records.count * 64 + text.count)
        output.append(#"{"version":1,"root":"#)
        /// The directories that are open, with the index after their last node.
        var open: [UInt32] = []
        for (index, record) in records.enumerated() {
            while let end = open.last, Int(end) <= index {
                output.append("}}")
                open.removeLast()
            }
            if index > 0 {
                if records[index - 1].kind != .directory || Int(records[index - 1].end) == index { output.append(",") }
                output.appendString(text[record.name..<record.name + Int(record.nameLength)])
                output.append(":")
            }
            switch record.kind {
            case .directory:
                output.append(#"{"type":"directory","entries":{"#)
                open.append(record.end)
            case .regular, .executable:
                output.append(#"{"type":"regular","size":"#)
                output.appendNumber(record.size)
                output.append(record.kind == .executable ? #","executable":true,"narOffset":"# : #","narOffset":"#)
                output.appendNumber(record.offset)
                output.append("}")
            case .symlink:
                output.append(#"{"type":"symlink","target":"#)
                output.appendString(text[Int(record.offset)..<Int(record.offset + record.size)])
                output.append("}")
            }
        }
        for _ in open { output.append("}}") }
        output.append("}")
        return output.bytes
    }
}

/// JSON of which the strings are bytes.
private struct ListingText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func appendNumber(_ number: UInt64) {
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func appendString(_ string: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            case 0..<0x20:
                append("\\u00")
                bytes.append(contentsOf: Hexadecimal.encode(CollectionOfOne(byte)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
