/// The name of a build farm, whose members agree on a leader.
public struct FarmID: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 128 characters; empty for the farm without a name.
    public let text: String

    /// The farm without a name.
    public static let unnamed = FarmID(unchecked: "")

    private init(unchecked text: String) {
        self.text = text
    }

    /// Checks a name.
    /// - Throws: ``CacheError`` of code `invalidRequest` for one outside `[A-Za-z0-9._-]{1,128}`.
    public init(_ text: String) throws(CacheError) {
        let isAllowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else {
            throw CacheError(
                .invalidRequest,
                "The name of a farm has 1 to 128 letters, digits, dots, underscores and hyphens; choose another one.")
        }
        self.text = text
    }

    /// The name.
    public var description: String { text.isEmpty ? "(unnamed)" : text }
}
