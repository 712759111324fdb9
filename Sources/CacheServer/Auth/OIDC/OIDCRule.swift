/// Which tokens of a provider count, and what they allow.
public struct OIDCRule: Hashable, Sendable {
    /// Claims that a token must have: of each one, some value must match some pattern.
    public let claims: [String: [Glob]]
    /// Patterns of which the subject must match one; nil where any subject will do.
    public let subjects: [Glob]?
    /// What such a token allows.
    public let scopes: Scopes
    /// Whether reading is given by its name: reads are gated then.
    public let namesRead: Bool
    /// Pins that only such tokens may set, of all tokens of all providers.
    public let pins: [Glob]

    /// Whether it matches every token of its provider.
    public var isOpen: Bool { claims.isEmpty && subjects == nil }

    func matches(_ claims: TokenClaims) -> Bool {
        if let subjects, !Self.matches(claims.values(of: "sub"), subjects) { return false }
        return self.claims.allSatisfy { name, globs in Self.matches(claims.values(of: name), globs) }
    }

    private static func matches(_ values: [String], _ globs: [Glob]) -> Bool {
        values.contains { value in globs.contains { $0.matches(value) } }
    }
}
