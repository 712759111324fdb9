/// Brings arguments into the spelling that the parser knows.
///
/// Scripts in the field write long flags with one dash too, and give flags without a value one (`-debug=true`).
enum ArgumentSpelling {
    /// Flags that take no value.
    static let switches: Set<String> = ["debug", "verify-s3-integrity", "no-progress"]

    /// Rewrites arguments up to `--`.
    static func normalized(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].compactMap(normalized) + arguments[end...]
    }

    /// Rewrites one argument; nil when it says that a flag is not given.
    private static func normalized(_ argument: String) -> String? {
        let dashes = argument.prefix { $0 == "-" }.count
        let body = argument.dropFirst(dashes)
        guard dashes == 1 || dashes == 2, body.first?.isLetter == true, dashes == 2 || body.count > 1 else {
            return argument
        }
        if let equals = body.firstIndex(of: "="), switches.contains(String(body[..<equals])) {
            switch body[body.index(after: equals)...] {
            case "true", "1": return "--" + body[..<equals]
            case "false", "0": return nil
            default: break
            }
        }
        return "--" + body
    }
}
