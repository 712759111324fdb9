/// A file of settings: the part of TOML 1.0 that they need, which is a list of keys with strings, integers, booleans and
/// arrays of strings.
struct SettingsDocument: Equatable {
    enum Value: Equatable {
        case string(String)
        case integer(Int)
        case boolean(Bool)
        case strings([String])
    }

    /// A key with its value and its line, from 1.
    struct Entry: Equatable {
        var key: String
        var value: Value
        var line: Int
    }

    /// What is wrong with a line.
    struct Problem: Error, Equatable {
        var line: Int
        var text: String
    }

    private(set) var entries: [Entry] = []

    /// Reads a text.
    init(parsing text: String) throws(Problem) {
        var scanner = SettingsScanner(text)
        var keys: Set<String> = []
        while try scanner.skipToEntry() {
            let line = scanner.line
            let key = try scanner.key()
            guard keys.insert(key).inserted else { throw Problem(line: line, text: "\(key) is set twice") }
            let value = try scanner.value()
            try scanner.endOfLine()
            entries.append(Entry(key: key, value: value, line: line))
        }
    }
}
