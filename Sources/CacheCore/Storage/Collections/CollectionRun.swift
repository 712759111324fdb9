/// The number of a collection, never used again. Only the current one may change anything.
public struct CollectionRun: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int64

    /// Wraps a number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The decimal digits.
    public var description: String { String(rawValue) }
}
