/// The number of an upload, never used again. In the API it is a string of decimal digits.
public struct UploadID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int64

    /// Wraps a number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Reads the text of the API.
    /// - Throws: ``CacheError`` of code `invalidRequest` when it is no string of decimal digits.
    public init(parsing text: some StringProtocol) throws(CacheError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(text)
        else {
            throw CacheError(.invalidRequest, "'\(text.prefix(32))' is no upload id; it is a string of digits.")
        }
        self.rawValue = number
    }

    /// The decimal digits.
    public var description: String { String(rawValue) }

    /// Compares the numbers.
    public static func < (left: UploadID, right: UploadID) -> Bool { left.rawValue < right.rawValue }
}
