/// Brings a command line in the form that the argument parser takes: existing scripts write long flags with one dash
/// too, and boolean flags with a value.
///
/// `-server-url URL`, `--server-url URL` and `-server-url=URL` become `--server-url=URL`; `--debug=true` becomes
/// `--debug` and `--debug=false` `--no-debug`. What follows `--` stays as it is.
public struct ArgumentNormalizer: Sendable {
    private let booleans: Set<String>

    /// - Parameter booleans: the names, without dashes, of the flags that take no value.
    public init(booleans: Set<String>) {
        self.booleans = booleans
    }

    private static let bare: Set<String> = ["help", "version", "h"]

    /// - Parameter arguments: without the program's name.
    /// - Throws: ``ConfigurationError`` for a boolean flag with a value other than true and false.
    public func normalize(_ arguments: [String]) throws(ConfigurationError) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return result + [argument] + rest }
            guard argument.hasPrefix("-"), argument != "-" else {
                result.append(argument)
                continue
            }
            let parts = argument.drop { $0 == "-" }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            let value = parts.count > 1 ? String(parts[1]) : nil
            if booleans.contains(name) {
                result.append(try flag(name, value: value))
            } else if let value {
                result.append("--\(name)=\(value)")
            } else if name.count == 1 || Self.bare.contains(name) || isNegation(name) {
                result.append(name.count == 1 ? "-\(name)" : "--\(name)")
            } else {
                result.append(rest.popFirst().map { "--\(name)=\($0)" } ?? "--\(name)")
            }
        }
        return result
    }

    private func flag(_ name: String, value: String?) throws(ConfigurationError) -> String {
        switch value {
        case nil, "true", "1": return "--\(name)"
        case "false", "0": return "--no-\(name)"
        case let value?: throw ConfigurationError("--\(name)=\(value): a flag is true or false")
        }
    }

    private func isNegation(_ name: String) -> Bool {
        name.hasPrefix("no-") && booleans.contains(String(name.dropFirst(3)))
    }
}
