extension XMLReader {
    /// Reads a whole document.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - body: reads the root element, of which it gets the name, to its end.
    /// - Returns: what the body returned.
    static func read<Result>(
        _ bytes: [UInt8], limits: XMLLimits = XMLLimits(),
        _ body: (String, inout XMLReader) throws(XMLError) -> Result
    ) throws(XMLError) -> Result {
        var reader = try XMLReader(bytes, limits: limits)
        guard case .start(let name) = try reader.next() else { throw reader.failure("there is no element") }
        let result = try body(name, &reader)
        if reader.depth > 0 { try reader.skip() }
        guard try reader.next() == nil else { throw reader.failure("something follows the root element") }
        return result
    }

    /// Reads a document whose root element has one name.
    static func read<Result>(
        _ bytes: [UInt8], root: String, _ body: (inout XMLReader) throws(XMLError) -> Result
    ) throws(XMLError) -> Result {
        try read(bytes) { (name, reader) throws(XMLError) in
            guard name == root else { throw reader.failure("the root element is \(name), not \(root)") }
            return try body(&reader)
        }
    }

    /// Calls a body for each child of the element that was begun last, and reads to that element's end.
    ///
    /// - Parameter body: gets the child's name, and reads it or leaves it to be skipped.
    mutating func eachChild(_ body: (String, inout XMLReader) throws(XMLError) -> Void) throws(XMLError) {
        while let event = try next() {
            switch event {
            case .start(let name):
                let level = depth
                try body(name, &self)
                if depth >= level { try skip() }
            case .text(let text):
                guard text.allSatisfy(\.isWhitespace) else { throw failure("text stands between elements") }
            case .end: return
            }
        }
    }

    /// The text of the element that was begun last, which holds no other element.
    mutating func text() throws(XMLError) -> String {
        var text = ""
        while let event = try next() {
            switch event {
            case .text(let piece): text = piece
            case .start(let name): throw failure("an element \(name) stands where text belongs")
            case .end: return text
            }
        }
        return text
    }

    /// The number that the element that was begun last holds: a decimal one, not negative.
    mutating func number() throws(XMLError) -> Int64 {
        let text = try text()
        guard !text.hasPrefix("+"), let number = Int64(text), number >= 0 else {
            throw failure("an element holds no number from 0 to \(Int64.max)")
        }
        return number
    }

    /// Whether the element that was begun last says `true`.
    mutating func boolean() throws(XMLError) -> Bool {
        switch try text() {
        case "true", "True", "1": true
        case "false", "False", "0", "": false
        default: throw failure("an element is neither true nor false")
        }
    }

    /// Reads to the end of the element that was begun last.
    mutating func skip() throws(XMLError) {
        let level = depth
        while depth >= level, try next() != nil {}
    }
}
