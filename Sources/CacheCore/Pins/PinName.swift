/// A name that keeps a closure: 1 to 256 of the characters `A-Z a-z 0-9 . _ -`.
public struct PinName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Checks a name.
    /// - Throws: ``CacheError`` of code `invalidRequest` for any other.
    public init(_ text: some StringProtocol) throws(CacheError) {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName, (1...256).contains(text.utf8.count) else {
            throw CacheError(
                .invalidRequest,
                "'\(text.prefix(64))' is no name for a pin; use 1 to 256 letters, digits, dots, underscores and hyphens."
            )
        }
        self.text = String(text)
    }

    /// What the keys of the objects of all pins begin with.
    static let prefix = "pins/"

    /// The key of the object that holds the store path.
    public var key: String { PinName.prefix + text }

    /// The name.
    public var description: String { text }
}
