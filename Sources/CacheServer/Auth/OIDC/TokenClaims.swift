import CacheCore

/// What a token says of its bearer (RFC 7519, 4).
struct TokenClaims: Hashable, Sendable {
    /// How far the clocks of an issuer and of this machine may differ, in seconds.
    static let leeway = 60.0

    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    var issuer: String? { members["iss"]?.string }

    var subject: String? { members["sub"]?.string }

    /// Whether the token is for somebody: `aud` is that name, or a list with it.
    func names(audience: String) -> Bool {
        let named =
            switch members["aud"] {
            case .string(let text): [text]
            case .array(let values): values.compactMap(\.string)
            default: [String]()
            }
        // By bytes: texts that only look the same are not the same audience.
        return named.contains { $0.utf8.elementsEqual(audience.utf8) }
    }

    /// - Throws: ``TokenError`` outside the time from `nbf` to `exp`, and for a token without an end.
    func checkTime(_ now: Timestamp) throws(TokenError) {
        let now = Double(now.microseconds) / 1e6
        guard let end = try seconds("exp") else { throw TokenError("it has no end") }
        guard now < end + Self.leeway else { throw TokenError("it has expired") }
        if let begin = try seconds("nbf"), now + Self.leeway < begin { throw TokenError("it is not valid yet") }
    }

    /// The values of a claim: one, or those of a list. Numbers and booleans stand for their text; what is empty, or
    /// something else, for nothing.
    ///
    /// - Parameter name: the whole name, dots included, is tried before its parts are taken for members of members:
    ///   `kubernetes.io.namespace` is found as `namespace` in `kubernetes.io`.
    func values(of name: String) -> [String] {
        guard let value = Self.member(of: members, name[...]) else { return [] }
        return (value.array ?? [value]).compactMap { (element: JSONValue) -> String? in
            switch element {
            case .string(let text): text.isEmpty ? nil : text
            case .number(let text): text
            case .bool(let flag): flag ? "true" : "false"
            default: nil
            }
        }
    }

    private static func member(of members: [String: JSONValue], _ name: Substring) -> JSONValue? {
        if let value = members[String(name)] { return value }
        var end = name.endIndex
        while let dot = name[..<end].lastIndex(of: ".") {
            if let inner = members[String(name[..<dot])]?.object,
                let value = member(of: inner, name[name.index(after: dot)...])
            {
                return value
            }
            end = dot
        }
        return nil
    }

    private func seconds(_ name: String) throws(TokenError) -> Double? {
        switch members[name] {
        case nil: return nil
        case .number(let text):
            if let seconds = Double(text), seconds.isFinite { return seconds }
        default: break
        }
        throw TokenError("its claim \(name) is no number of seconds")
    }
}
