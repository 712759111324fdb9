/// Brings a command line in the form that the argument parser takes: existing scripts write long flags with one dash
/// too, and boolean flags with a value.
///
/// `-server-url URL`, `--server-url URL` and `-server-url=URL` become `--server-url=URL`; `--debug=true` becomes
/// `--debug`. What follows `--` stays as it is.
public struct ArgumentNormalizer: Sendable {
    private let booleans: Set<String>
    private let switches: Set<String>

    /// - Parameters:
    ///   - booleans: the names, without dashes, of the flags that take no value and can be denied: `--debug=false`
    ///     becomes `--no-debug`.
    ///   - switches: the names of the flags that take no value and are off unless they are given: `--debug=false` is
    ///     left out.
    public init(booleans: Set<String> = [], switches: Set<String> = []) {
        self.booleans = booleans
        self.switches = switches
    }

    private static let bare: Set<String> = ["help", "help-hidden", "version"]

    /// - Parameter arguments: without the program's name.
    /// - Throws: ``UsageError`` for a boolean flag with a value other than true and false.
    public func normalize(_ arguments: [String]) throws(UsageError) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return result + [argument] + rest }
            let dashes = argument.prefix { $0 == "-" }.count
            let body = argument.dropFirst(dashes)
            guard dashes == 1 || dashes == 2, body.first?.isLetter == true else {
                result.append(argument)
                continue
            }
            let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let value = parts.count > 1 ? String(parts[1]) : nil
            if booleans.contains(name) || switches.contains(name) {
                if let flag = try flag(name, value: value) { result.append(flag) }
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

    /// The flag without a value; nil where it is the same as leaving it out.
    private func flag(_ name: String, value: String?) throws(UsageError) -> String? {
        switch value {
        case nil, "true", "1": return "--\(name)"
        case "false", "0": return booleans.contains(name) ? "--no-\(name)" : nil
        case let value?: throw UsageError("--\(name)=\(value): a flag is true or false")
        }
    }

    private func isNegation(_ name: String) -> Bool {
        name.hasPrefix("no-") && booleans.contains(String(name.dropFirst(3)))
    }
}
