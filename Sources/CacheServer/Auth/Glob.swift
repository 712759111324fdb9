/// A pattern for a whole text: `*` stands for any characters, `/` and `:` among them, or none; `?` for exactly one;
/// everything else for itself. The empty pattern matches only the empty text.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The longest pattern, in bytes.
    public static let maximumLength = 1024

    /// One character of a text, or one that a backslash takes its meaning from.
    ///
    /// Scalars, not characters: those are equal when they only look the same.
    private struct Symbol: Hashable, Sendable {
        let scalar: Unicode.Scalar
        var isEscaped = false

        static let star = Symbol(scalar: "*")
        static let any = Symbol(scalar: "?")
    }

    /// The pattern.
    public let description: String
    private let pattern: [Symbol]
    private let escapes: Bool

    /// - Throws: ``ConfigurationError`` for a pattern that is too long.
    public init(_ pattern: String) throws(ConfigurationError) {
        guard pattern.utf8.count <= Self.maximumLength else {
            throw ConfigurationError(
                "the pattern '\(pattern.prefix(40))…' has more than \(Self.maximumLength) bytes; shorten it")
        }
        self.init(pattern, escapes: false)
    }

    private init(_ text: String, escapes: Bool) {
        var symbols: [Symbol] = []
        // Several stars in a row mean the same as one.
        for symbol in Self.symbols(of: text, escapes: escapes) where symbol != .star || symbols.last != .star {
            symbols.append(symbol)
        }
        description = text
        pattern = symbols
        self.escapes = escapes
    }

    /// The same pattern for texts in which a backslash takes the meaning from the character behind it: both count as one
    /// character there, which is equal only to itself. No `,` of the pattern matches a `\,` of the text, nor does a `*`
    /// end between the two.
    var escaping: Glob { Glob(description, escapes: true) }

    private static func symbols(of text: String, escapes: Bool) -> [Symbol] {
        var symbols: [Symbol] = []
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if escapes, !isEscaped, scalar == "\\" {
                isEscaped = true
            } else {
                symbols.append(Symbol(scalar: scalar, isEscaped: isEscaped))
                isEscaped = false
            }
        }
        // One that stands at the end has nothing behind it.
        if isEscaped { symbols.append(Symbol(scalar: "\\")) }
        return symbols
    }

    /// Whether the whole text matches.
    public func matches(_ text: String) -> Bool {
        let text = Self.symbols(of: text, escapes: escapes)
        var position = 0
        var index = 0
        // Where the last star stands, and what it has taken so far: only that one ever has to take more.
        var star: (index: Int, position: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == .star {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == .any || pattern[index] == text[position] {
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
        return pattern[index...].allSatisfy { $0 == .star }
    }
}
