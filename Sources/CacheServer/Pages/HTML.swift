/// A piece of a page. Text that is put into one is escaped; only literals and other pieces are not.
struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// As it is sent.
    let text: String

    var description: String { text }

    init(stringLiteral literal: String) {
        text = literal
    }

    init(stringInterpolation interpolation: Interpolation) {
        text = interpolation.text
    }

    private init(text: String) {
        self.text = text
    }

    /// One piece after the other.
    init(_ pieces: [HTML]) {
        text = pieces.map(\.text).joined()
    }

    /// Text, escaped for content and for quoted attributes.
    init(escaping text: String) {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        // Not by characters: to a browser, < followed by a combining mark is still a <.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        self.text = escaped
    }

    /// What is put into a literal. Only these types can be: whatever else there is has to be made text first.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
        mutating func appendInterpolation(_ words: String) { text += HTML(escaping: words).text }
        mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }
    }
}
