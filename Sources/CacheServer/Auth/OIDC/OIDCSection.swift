import CacheCore

/// An object of a configuration file, whose members are taken out with errors that name them.
struct OIDCSection: Sendable {
    let place: String
    private let values: [String: JSONValue]

    /// - Parameter members: all that may be there. A misspelled condition would let in everybody.
    /// - Throws: ``ConfigurationError`` for anything else.
    init(_ value: JSONValue, at place: String, members: Set<String>) throws(ConfigurationError) {
        guard let values = value.object else { throw ConfigurationError("\(place) is no JSON object") }
        if let unknown = values.keys.sorted().first(where: { !members.contains($0) }) {
            throw ConfigurationError(
                "\(place): '\(unknown.prefix(64))' is not known; there are \(members.sorted().joined(separator: ", "))")
        }
        self.place = place
        self.values = values.filter { $0.value != .null }
    }

    func has(_ member: String) -> Bool { values[member] != nil }

    /// A text that is not empty; nil where it is not given.
    func text(_ member: String) throws(ConfigurationError) -> String? {
        guard let value = values[member] else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw ConfigurationError("\(place): \(member) is not a text; write it in quotes, or leave it out")
        }
        return text
    }

    func flag(_ member: String) throws(ConfigurationError) -> Bool {
        switch values[member] {
        case nil: return false
        case .bool(let flag): return flag
        default: throw ConfigurationError("\(place): \(member) is neither true nor false")
        }
    }

    func object(_ member: String) throws(ConfigurationError) -> [String: JSONValue]? {
        guard let value = values[member] else { return nil }
        guard let object = value.object else { throw ConfigurationError("\(place): \(member) is no JSON object") }
        return object
    }

    func array(_ member: String) throws(ConfigurationError) -> [JSONValue]? {
        guard let value = values[member] else { return nil }
        guard let array = value.array else { throw ConfigurationError("\(place): \(member) is no JSON list") }
        return array
    }

    func strings(_ member: String) throws(ConfigurationError) -> [String]? {
        guard let value = values[member] else { return nil }
        return try strings(value, member)
    }

    /// Patterns; nil where they are not given.
    func globs(_ member: String) throws(ConfigurationError) -> [Glob]? {
        guard let value = values[member] else { return nil }
        return try globs(value, member)
    }

    /// At least one pattern: a list without any would match nothing, which nobody means.
    func globs(_ value: JSONValue, _ name: String) throws(ConfigurationError) -> [Glob] {
        let texts = try strings(value, name)
        guard !texts.isEmpty else {
            throw ConfigurationError("\(place): \(name) lists no pattern; list one, or leave it out")
        }
        var globs: [Glob] = []
        for text in texts { globs.append(try Glob(text)) }
        return globs
    }

    /// - Throws: ``ConfigurationError`` for what is no URL, or one without TLS where that is not allowed.
    func check(url: String, _ member: String, allowsInsecure: Bool) throws(ConfigurationError) {
        guard ProviderURL.isUsable(url, allowsInsecure: allowsInsecure) else {
            throw ConfigurationError(
                "\(place): \(member) \(url.prefix(256)) cannot be used; write it as https://host/path"
                    + (url.hasPrefix("http://") ? ", or set allow_insecure for tests" : ""))
        }
    }

    private func strings(_ value: JSONValue, _ name: String) throws(ConfigurationError) -> [String] {
        let texts = value.array?.map(\.string)
        guard let texts, !texts.contains(nil) else {
            throw ConfigurationError("\(place): \(name) is no list of texts; write it as [\"…\"]")
        }
        return texts.compactMap(\.self)
    }
}
