/// Pulls elements and texts out of the XML that S3 services send, and refuses all else.
///
/// It takes UTF-8, one XML declaration, elements, attributes (whose values nobody needs), texts, the five predefined
/// entities and numeric character references. Document types, other entities, processing instructions, comments and
/// CDATA sections are errors, so that nothing in a reply can name another resource or grow when it is read.
///
/// Source: Extensible Markup Language (XML) 1.0, fifth edition.
struct XMLReader {
    enum Event: Hashable {
        /// An element begins. Its name comes without the namespace's prefix.
        case start(String)

        /// Text up to the next tag, with references resolved and line ends made `\n`; never empty.
        case text(String)

        /// The innermost open element ends.
        case end
    }

    let limits: XMLLimits

    private let bytes: [UInt8]
    private var position = 0
    /// Where the names of the open elements are.
    private var open: [Range<Int>] = []
    private var hasRoot = false
    /// Whether the innermost element was written as `<name/>`, so that its end is still to be told.
    private var endIsDue = false

    /// Begins to read a text.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - limits: how much to take.
    init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLError) {
        self.bytes = bytes
        self.limits = limits
        guard bytes.count <= limits.size else {
            throw failure("the text is longer than \(limits.size) bytes")
        }
        if has("\u{FEFF}") { position += 3 }
        try readDeclaration()
    }

    /// How many elements are open.
    var depth: Int { open.count }

    /// The next piece, or `nil` after the end of the root element.
    mutating func next() throws(XMLError) -> Event? {
        if endIsDue {
            endIsDue = false
            open.removeLast()
            return .end
        }
        if open.isEmpty {
            skipSpaces()
            guard position < bytes.count else {
                guard hasRoot else { throw failure("there is no element") }
                return nil
            }
            guard !hasRoot else { throw failure("something follows the end of the root element") }
            guard bytes[position] == UInt8(ascii: "<") else { throw failure("text comes before the root element") }
            return try readStart()
        }
        guard position < bytes.count else { throw failure("the text ends inside of an element") }
        if has("</") { return try readEnd() }
        if bytes[position] == UInt8(ascii: "<") { return try readStart() }
        return .text(try readText(until: UInt8(ascii: "<")))
    }

    func failure(_ reason: String) -> XMLError {
        XMLError(reason: reason, offset: position)
    }

    private mutating func readDeclaration() throws(XMLError) {
        guard has("<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) else { return }
        position += 5
        while try readAttribute(closedBy: "?>", check: Self.complaint) {}
        position += 2
    }

    /// What is wrong with a part of the XML declaration.
    private static func complaint(about name: String, value: String) -> String? {
        switch name {
        case "version": value.hasPrefix("1.") ? nil : "the version of XML is not 1"
        case "encoding": ["utf-8", "us-ascii"].contains(value.lowercased()) ? nil : "the encoding is not UTF-8"
        default: nil
        }
    }

    private mutating func readStart() throws(XMLError) -> Event {
        guard position + 1 < bytes.count else { throw failure("the text ends inside of a tag") }
        switch bytes[position + 1] {
        case UInt8(ascii: "!"): throw failure("document types, comments and CDATA sections are not taken")
        case UInt8(ascii: "?"): throw failure("processing instructions are not taken")
        default: position += 1
        }
        guard open.count < limits.depth else { throw failure("elements are nested more than \(limits.depth) deep") }
        let name = try readName()
        hasRoot = true
        var attributes = 0
        while !has("/>"), try readAttribute(closedBy: ">") {
            attributes += 1
            guard attributes <= limits.attributes else {
                throw failure("an element has more than \(limits.attributes) attributes")
            }
        }
        endIsDue = has("/>")
        position += endIsDue ? 2 : 1
        open.append(name)
        return .start(localName(in: name))
    }

    private mutating func readEnd() throws(XMLError) -> Event {
        position += 2
        let name = try readName()
        guard let opened = open.last, bytes[opened] == bytes[name] else {
            throw failure("an end tag does not match its start tag")
        }
        skipSpaces()
        guard has(">") else { throw failure("an end tag is not closed") }
        position += 1
        open.removeLast()
        return .end
    }

    /// Reads one attribute if there is one.
    ///
    /// - Parameters:
    ///   - close: what follows the last attribute.
    ///   - check: says what is wrong with a name and value, if anything is.
    /// - Returns: whether there was one; if not, the reader stands before what closes the tag.
    private mutating func readAttribute(
        closedBy close: String, check: (String, String) -> String? = { _, _ in nil }
    ) throws(XMLError) -> Bool {
        let start = position
        skipSpaces()
        if has(close) || has("/>") { return false }
        guard position > start else { throw failure("a tag is not closed") }
        let name = try readName()
        skipSpaces()
        guard has("=") else { throw failure("an attribute has no value") }
        position += 1
        skipSpaces()
        guard has("\"") || has("'") else { throw failure("an attribute's value is not quoted") }
        let quote = bytes[position]
        position += 1
        let value = try readText(until: quote)
        guard position < bytes.count else { throw failure("an attribute's value is not closed") }
        position += 1
        if let reason = check(String(decoding: bytes[name], as: UTF8.self), value) { throw failure(reason) }
        return true
    }

    private mutating func readName() throws(XMLError) -> Range<Int> {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position], first: position == start) { position += 1 }
        guard position > start else { throw failure("a name is missing") }
        guard position - start <= limits.nameLength else {
            throw failure("a name is longer than \(limits.nameLength) bytes")
        }
        return start..<position
    }

    private func localName(in range: Range<Int>) -> String {
        let name = bytes[range]
        let start = name.lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? name.startIndex
        return String(decoding: name[start...], as: UTF8.self)
    }

    /// Reads up to a byte, which stays; or to the end of the text.
    private mutating func readText(until stop: UInt8) throws(XMLError) -> String {
        let start = position
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != stop {
            guard position - start < limits.textLength else {
                throw failure("a text is longer than \(limits.textLength) bytes")
            }
            switch bytes[position] {
            case UInt8(ascii: "&"): text += Array(String(try readReference()).utf8)
            case UInt8(ascii: "\r"):
                text.append(UInt8(ascii: "\n"))
                position += has("\r\n") ? 2 : 1
            case UInt8(ascii: "<"), 0x00...0x08, 0x0B...0x1F:
                throw failure("a text holds a character that XML does not allow")
            case let byte:
                text.append(byte)
                position += 1
            }
        }
        guard position - start <= limits.textLength else {
            throw failure("a text is longer than \(limits.textLength) bytes")
        }
        guard let valid = String(validating: text, as: UTF8.self) else { throw failure("a text is not UTF-8") }
        return valid
    }

    private mutating func readReference() throws(XMLError) -> Character {
        let window = bytes[position..<min(position + 12, bytes.count)]
        guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { throw failure("a reference is not closed") }
        let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        let resolved: Character? =
            switch name {
            case "amp": "&"
            case "lt": "<"
            case "gt": ">"
            case "quot": "\""
            case "apos": "'"
            default: Self.character(numbered: name)
            }
        guard let resolved else { throw failure("an entity is neither predefined nor numeric") }
        position = end + 1
        return resolved
    }

    /// Resolves `#10` and `#xA`. Control characters are let through, as S3 writes keys that hold them so.
    private static func character(numbered name: String) -> Character? {
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.hasPrefix("#x")
        let digits = name.dropFirst(isHex ? 2 : 1)
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let number = UInt32(digits, radix: isHex ? 16 : 10), number != 0
        else { return nil }
        return Unicode.Scalar(number).map(Character.init)
    }

    private mutating func skipSpaces() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private func has(_ prefix: String) -> Bool {
        bytes[position...].starts(with: prefix.utf8)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
        default: false
        }
    }
}
