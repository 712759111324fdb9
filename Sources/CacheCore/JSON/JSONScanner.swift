/// Reads a JSON text piece by piece, as it arrives, and tells a sink what it says.
///
/// It takes what RFC 8259 describes in UTF-8 and nothing else: no comma too many, no lone surrogate, no byte order mark.
/// Of the text it keeps no more than the string or number that it is in.
struct JSONScanner<Sink: JSONSink & Sendable>: Sendable {
    /// What is told.
    var sink: Sink

    /// How many containers may be open, as many as `JSONDecoder` takes.
    static var maximumDepth: Int { 512 }

    enum Expected {
        case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, nothing
    }

    enum Token {
        case none, string, escape, codeUnit
        /// A number or one of the three names.
        case word
    }

    private var expected = Expected.value
    /// For each open container whether it is an object.
    private var containers: [Bool] = []
    private var isKey = false

    var token = Token.none
    /// As much of a token as has to be kept: what earlier pieces held of it, and resolved escapes.
    var text: [UInt8] = []
    /// Whether the string has bytes beyond ASCII, which have to be checked.
    var isBeyondASCII = false
    /// The digits of a `\u` so far.
    var codeUnit: UInt32 = 0
    var digits = 0
    /// The first half of a surrogate pair, whose second half has to follow.
    var highSurrogate: UInt32?

    init(_ sink: Sink) {
        self.sink = sink
    }

    /// Reads the next piece.
    /// - Throws: ``CacheError`` of code `invalidRequest`; nothing more can be read then.
    mutating func scan(_ bytes: Span<UInt8>) throws(CacheError) {
        var position = 0
        while position < bytes.count {
            switch token {
            case .none:
                try scan(bytes[position])
                position += 1
            case .string: position = try scanString(bytes, from: position)
            case .escape:
                try scanEscape(bytes[position])
                position += 1
            case .codeUnit:
                try scanDigit(bytes[position])
                position += 1
            case .word: position = try scanWord(bytes, from: position)
            }
        }
    }

    /// Says that the text has ended.
    /// - Throws: ``CacheError`` of code `invalidRequest` when something is missing.
    mutating func finish() throws(CacheError) {
        if token == .word { try endWord() }
        guard token == .none, expected == .nothing else { throw .notJSON }
    }

    /// A byte between tokens.
    private mutating func scan(_ byte: UInt8) throws(CacheError) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
        case UInt8(ascii: "\""):
            isKey = expected == .key || expected == .keyOrEnd
            guard isKey || wantsValue else { throw .notJSON }
            isBeyondASCII = false
            token = .string
        case UInt8(ascii: ","):
            guard expected == .commaOrEnd, let isObject = containers.last else { throw .notJSON }
            expected = isObject ? .key : .value
        case UInt8(ascii: ":"):
            guard expected == .colon else { throw .notJSON }
            expected = .value
        case UInt8(ascii: "{"): try begin(.object)
        case UInt8(ascii: "["): try begin(.array)
        case UInt8(ascii: "}"): try end(isObject: true, whenEmpty: .keyOrEnd)
        case UInt8(ascii: "]"): try end(isObject: false, whenEmpty: .valueOrEnd)
        default:
            guard wantsValue else { throw .notJSON }
            text.append(byte)
            token = .word
        }
    }

    private var wantsValue: Bool { expected == .value || expected == .valueOrEnd }

    private mutating func begin(_ kind: JSONKind) throws(CacheError) {
        guard wantsValue, containers.count < Self.maximumDepth else { throw .notJSON }
        containers.append(kind == .object)
        expected = kind == .object ? .keyOrEnd : .valueOrEnd
        sink.value(kind, Span())
    }

    private mutating func end(isObject: Bool, whenEmpty: Expected) throws(CacheError) {
        guard expected == .commaOrEnd || expected == whenEmpty, containers.popLast() == isObject else { throw .notJSON }
        sink.end()
        expectNext()
    }

    private mutating func expectNext() {
        expected = containers.isEmpty ? .nothing : .commaOrEnd
    }

    /// Hands on what a token says.
    mutating func tell(_ kind: JSONKind, _ text: Span<UInt8>) {
        token = .none
        if isKey, kind == .string {
            expected = .colon
            sink.key(text)
        } else {
            expectNext()
            sink.value(kind, text)
        }
    }
}
