import CacheServer

/// Looks settings up: what a flag says counts before its variable.
struct SettingSource: Sendable {
    let environment: [String: String]

    /// The variable of a flag: `--api-token-path` is `NIKS3_API_TOKEN_PATH`.
    static func variable(of flag: String) -> String {
        "NIKS3_" + flag.uppercased().replacing("-", with: "_")
    }

    /// What was set, or nil. An empty variable counts as none.
    func text(_ flag: String, _ given: String?) -> String? {
        given ?? environment[Self.variable(of: flag)].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What a repeatable flag and its variable say together; values of the variable are separated by spaces.
    func list(_ flag: String, _ given: [String]) -> [String] {
        given + (environment[Self.variable(of: flag)] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Of variables only `true` is true.
    func flag(_ flag: String, _ given: Bool?, default usual: Bool) -> Bool {
        given ?? text(flag, nil).map { $0 == "true" } ?? usual
    }

    /// A number from `least` on, up to `most` where there is a bound.
    ///
    /// - Throws: ``ConfigurationError`` for anything else.
    func number(
        _ flag: String, _ given: String?, least: Int64, most: Int64? = nil, default usual: Int64
    ) throws(ConfigurationError) -> Int64 {
        guard let text = text(flag, given) else { return usual }
        guard let number = Int64(text), number >= least, number <= most ?? .max else {
            let bounds = most.map { "from \(least) to \($0)" } ?? "from \(least) on"
            throw ConfigurationError("--\(flag) \(text): give a whole number \(bounds)")
        }
        return number
    }

    /// One of a few words.
    ///
    /// - Throws: ``ConfigurationError`` that lists them for any other.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ flag: String, _ given: String?, default usual: Choice
    ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
        guard let text = text(flag, given) else { return usual }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("--\(flag) \(text): give one of \(words)")
        }
        return choice
    }

    /// The text of a secret that may be given itself or as the path of a file; the path counts first.
    ///
    /// - Throws: ``ConfigurationError`` for a file that is not there, is empty or cannot be read.
    func secret(_ flag: String, _ given: String?, path: String?) throws(ConfigurationError) -> String? {
        guard let path = text(flag + "-path", path) else {
            return text(flag, given)?.split(whereSeparator: \.isWhitespace).joined()
        }
        guard let secret = try SecretFile(path: path).contents() else {
            throw ConfigurationError("--\(flag)-path \(path): there is no such file")
        }
        return secret
    }
}
