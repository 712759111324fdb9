/// What a credential may do.
public struct Scopes: OptionSet, Hashable, Sendable, CustomStringConvertible {
    /// A bit for each scope.
    public let rawValue: UInt8

    /// Makes a set of its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Reading where reads are gated.
    public static let read = Self(rawValue: 1 << 0)
    /// All of uploading, and reading.
    public static let write = Self(rawValue: 1 << 1 | 1 << 0)
    /// Collections and what deletes, and reading. Not uploading: that is ``write``.
    public static let admin = Self(rawValue: 1 << 2 | 1 << 0)
    /// Everything.
    public static let all: Self = [.read, .write, .admin]

    /// The names that configuration files and error messages use, separated by commas.
    public var description: String {
        let names: [(Self, String)] = [(.admin, "admin"), (.write, "write"), (.read, "read")]
        return names.filter { isSuperset(of: $0.0) }.map(\.1).joined(separator: ",")
    }
}
