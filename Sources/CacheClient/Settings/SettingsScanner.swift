/// Goes through a file of settings.
///
/// Source: TOML 1.0.0, <https://toml.io/en/v1.0.0>.
struct SettingsScanner {
    typealias Problem = SettingsDocument.Problem

    private var rest: Substring.UnicodeScalarView
    /// The line, from 1.
    private(set) var line = 1

    init(_ text: String) {
        rest = text.replacing("\r\n", with: "\n")[...].unicodeScalars
    }

    private func problem(_ text: String) -> Problem { Problem(line: line, text: text) }

    private mutating func skipSpace() {
        while let scalar = rest.first, scalar == " " || scalar == "\t" { rest.removeFirst() }
        if rest.first == "#" { rest = rest.drop { $0 != "\n" } }
    }

    private mutating func skipSpaceAndLines() {
        skipSpace()
        while rest.first == "\n" {
            rest.removeFirst()
            line += 1
            skipSpace()
        }
    }

    /// Goes on to the next key; false at the end.
    mutating func skipToEntry() throws(Problem) -> Bool {
        skipSpaceAndLines()
        guard rest.first != "[" else { throw problem("settings are not in tables: write key = value") }
        return !rest.isEmpty
    }

    /// A key, with what follows it up to the value.
    mutating func key() throws(Problem) -> String {
        let key =
            if rest.first == "\"" || rest.first == "'" {
                try string()
            } else {
                bareWord()
            }
        guard !key.isEmpty else { throw problem("it must look like key = value") }
        skipSpace()
        guard rest.popFirst() == "=" else { throw problem("\(key) must be followed by = and a value") }
        skipSpace()
        return key
    }

    private mutating func bareWord() -> String {
        let word = rest.prefix { scalar in
            scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar) || scalar == "_"
                || scalar == "-" || scalar == "+" || scalar == "."
        }
        rest = rest.dropFirst(word.count)
        return String(Substring(word))
    }

    mutating func value() throws(Problem) -> SettingsDocument.Value {
        switch rest.first {
        case "\"", "'": return .string(try string())
        case "[": return .strings(try array())
        default: break
        }
        let word = bareWord()
        switch word {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default:
            guard let number = Int(word.replacing("_", with: "")), !word.hasPrefix("_"), !word.hasSuffix("_") else {
                throw problem("a value must be a \"string\", a number, true, false, or a list of strings")
            }
            return .integer(number)
        }
    }

    private mutating func array() throws(Problem) -> [String] {
        rest.removeFirst()
        var strings: [String] = []
        while true {
            skipSpaceAndLines()
            if rest.first == "]" { break }
            strings.append(try string())
            skipSpaceAndLines()
            if rest.first == "," {
                rest.removeFirst()
            } else if rest.first != "]" {
                throw problem("a list must end with ]")
            }
        }
        rest.removeFirst()
        return strings
    }

    private mutating func string() throws(Problem) -> String {
        let quote = rest.first
        guard quote == "\"" || quote == "'" else { throw problem("a list may only hold strings") }
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != "\n" {
            if scalar == quote { return String(text) }
            text.append(scalar == "\\" && quote == "\"" ? try escaped() : scalar)
        }
        throw problem("a string must end on the line it begins on")
    }

    private mutating func escaped() throws(Problem) -> Unicode.Scalar {
        switch rest.popFirst() {
        case "b": return "\u{8}"
        case "t": return "\t"
        case "n": return "\n"
        case "f": return "\u{c}"
        case "r": return "\r"
        case "\"": return "\""
        case "\\": return "\\"
        case "u": return try scalar(digits: 4)
        case "U": return try scalar(digits: 8)
        default: throw problem("a string holds an escape that TOML does not know: write \\\\ for a backslash")
        }
    }

    private mutating func scalar(digits: Int) throws(Problem) -> Unicode.Scalar {
        let text = String(Substring(rest.prefix(digits)))
        guard text.unicodeScalars.count == digits, text.allSatisfy(\.isHexDigit),
            let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
        else { throw problem("a string holds an escape that is no character") }
        rest = rest.dropFirst(digits)
        return scalar
    }

    /// Nothing but a comment may follow a value.
    mutating func endOfLine() throws(Problem) {
        skipSpace()
        guard rest.isEmpty || rest.first == "\n" else { throw problem("something follows the value") }
    }
}
