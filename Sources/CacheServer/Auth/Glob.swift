/// A pattern for a whole text: `*` stands for any characters, `/` and `:` among them, or none; `?` for exactly one;
/// everything else for itself. The empty pattern matches only the empty text.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The longest pattern, in bytes.
    public static let maximumLength = 1024

    /// The pattern.
    public let description: String
    /// Scalars, not characters: those are equal when they only look the same.
    private let pattern: [Unicode.Scalar]

    /// - Throws: ``ConfigurationError`` for a pattern that is too long.
    public init(_ pattern: String) throws(ConfigurationError) {
        guard pattern.utf8.count <= Self.maximumLength else {
            throw ConfigurationError(
                "the pattern '\(pattern.prefix(40))…' has more than \(Self.maximumLength) bytes; shorten it")
        }
        description = pattern
        var scalars: [Unicode.Scalar] = []
        // Several stars in a row mean the same as one.
        for scalar in pattern.unicodeScalars where scalar != "*" || scalars.last != "*" { scalars.append(scalar) }
        self.pattern = scalars
    }

    /// Whether the whole text matches.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var position = 0
        var index = 0
        // Where the last star stands, and what it has taken so far: only that one ever has to take more.
        var star: (index: Int, position: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == "?" || pattern[index] == text[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.index, last.position + 1)
                position = last.position + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == "*" }
    }
}
