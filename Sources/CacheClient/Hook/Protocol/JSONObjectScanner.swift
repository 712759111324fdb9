/// Finds the end of one JSON object (RFC 8259) in bytes that come in pieces.
///
/// Peers of the hook neither close their half of the connection nor end a request with a newline: only the object itself
/// says where it ends. What can be no object is known at the first byte that shows it.
struct JSONObjectScanner {
    /// How far the object has come.
    enum Progress: Equatable {
        case incomplete
        /// The object ends after so many bytes of the last piece.
        case complete(Int)
        case invalid
    }

    private enum Container { case object, array }

    private enum Expectation {
        case object, value, valueOrEnd, key, keyOrEnd, colon, separator
    }

    private enum Token {
        case none, string, escape, unicode(digitsLeft: Int), scalar
    }

    /// How deep values may lie in each other.
    static let depthLimit = 32

    private var containers: [Container] = []
    private var expectation = Expectation.object
    private var token = Token.none
    private var stringIsKey = false

    /// Reads the next piece.
    ///
    /// - Parameter piece: The bytes after those of the last call, which was answered with `incomplete`.
    mutating func scan(_ piece: some Sequence<UInt8>) -> Progress {
        var count = 0
        for byte in piece {
            count += 1
            guard accept(byte) else { return .invalid }
            if containers.isEmpty, expectation == .separator { return .complete(count) }
        }
        return .incomplete
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        switch token {
        case .none: return acceptStructure(byte)
        case .string:
            switch byte {
            case UInt8(ascii: "\""):
                token = .none
                expectation = stringIsKey ? .colon : .separator
            case UInt8(ascii: "\\"): token = .escape
            case 0..<0x20: return false
            default: break
            }
            return true
        case .escape:
            token = byte == UInt8(ascii: "u") ? .unicode(digitsLeft: 4) : .string
            return "\"\\/bfnrtu".utf8.contains(byte)
        case .unicode(let left):
            token = left == 1 ? .string : .unicode(digitsLeft: left - 1)
            return Self.isHexadecimal(byte)
        case .scalar:
            if Self.isScalar(byte) { return true }
            token = .none
            expectation = .separator
            return acceptStructure(byte)
        }
    }

    private mutating func acceptStructure(_ byte: UInt8) -> Bool {
        if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { return true }
        switch (expectation, byte) {
        case (.object, UInt8(ascii: "{")): return open(.object)
        case (.value, _): return beginValue(byte)
        case (.valueOrEnd, UInt8(ascii: "]")): return close(.array)
        case (.valueOrEnd, _): return beginValue(byte)
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")): beginString(isKey: true)
        case (.keyOrEnd, UInt8(ascii: "}")): return close(.object)
        case (.colon, UInt8(ascii: ":")): expectation = .value
        case (.separator, UInt8(ascii: ",")): expectation = containers.last == .object ? .key : .value
        case (.separator, UInt8(ascii: "}")): return close(.object)
        case (.separator, UInt8(ascii: "]")): return close(.array)
        default: return false
        }
        return true
    }

    private mutating func beginValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"): return open(.object)
        case UInt8(ascii: "["): return open(.array)
        case UInt8(ascii: "\""): beginString(isKey: false)
        default:
            guard "-0123456789tfn".utf8.contains(byte) else { return false }
            // Which words and numbers there are is for the decoder to say.
            token = .scalar
        }
        return true
    }

    private mutating func beginString(isKey: Bool) {
        token = .string
        stringIsKey = isKey
    }

    private mutating func open(_ container: Container) -> Bool {
        containers.append(container)
        expectation = container == .object ? .keyOrEnd : .valueOrEnd
        return containers.count <= Self.depthLimit
    }

    private mutating func close(_ container: Container) -> Bool {
        expectation = .separator
        return containers.popLast() == container
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
