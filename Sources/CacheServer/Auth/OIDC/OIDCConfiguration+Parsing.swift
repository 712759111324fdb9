import CacheCore

extension OIDCConfiguration {
    /// The largest file, in bytes.
    private static let limit = 1 << 20

    /// Reads a file.
    ///
    /// - Parameter path: where it lies.
    /// - Throws: ``ConfigurationError`` where there is none, and for everything that could let in somebody who was not
    ///   meant: what is unknown, contradictory or missing.
    public init(path: String) throws(ConfigurationError) {
        guard let bytes = try SecretFile(path: path).bytes(limit: Self.limit) else {
            throw ConfigurationError("--oidc-config \(path): there is no such file")
        }
        try self.init(parsing: bytes, from: "--oidc-config \(path)")
    }

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - place: what errors call it.
    /// - Throws: ``ConfigurationError`` as above.
    public init(parsing bytes: [UInt8], from place: String) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw ConfigurationError("\(place): \(error)")
        }
        let file = try OIDCSection(value, at: place, members: ["providers", "allow_insecure"])
        let allowsInsecure = try file.flag("allow_insecure")
        let members = try file.object("providers") ?? [:]
        guard !members.isEmpty else {
            throw ConfigurationError("\(place): there is no provider; list one in providers, or leave the file out")
        }
        var providers: [OIDCProvider] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let provider = try OIDCProvider(name: name, value, at: place, allowsInsecure: allowsInsecure)
            if let other = providers.first(where: { $0.issuer == provider.issuer }) {
                throw ConfigurationError(
                    "\(place): the providers \(other.name) and \(name) have the same issuer; join them into one with rules"
                )
            }
            providers.append(provider)
        }
        self.providers = providers
    }
}

extension OIDCProvider {
    private static let members: Set<String> = [
        "issuer", "audience", "bound_claims", "bound_subject", "scopes", "rules", "jwks_url", "ca_file",
        "bearer_token_file",
    ]

    fileprivate init(
        name: String, _ value: JSONValue, at place: String, allowsInsecure: Bool
    ) throws(ConfigurationError) {
        let section = try OIDCSection(value, at: "\(place): provider \(name.prefix(64))", members: Self.members)
        self.name = name
        self.allowsInsecure = allowsInsecure
        bearerTokenFile = try section.text("bearer_token_file")
        certificateAuthorityFile = try section.text("ca_file")
        guard let audience = try section.text("audience") else {
            throw ConfigurationError("\(section.place): audience is missing; say what its tokens name as aud")
        }
        self.audience = audience
        if let issuer = try section.text("issuer") {
            self.issuer = issuer
        } else if let bearerTokenFile {
            issuer = try Self.issuer(ofTokenIn: bearerTokenFile, at: section.place)
        } else {
            throw ConfigurationError("\(section.place): issuer is missing; give the URL that its tokens name as iss")
        }
        try section.check(url: issuer, "issuer", allowsInsecure: allowsInsecure)
        keysURL = try section.text("jwks_url")
        if let keysURL { try section.check(url: keysURL, "jwks_url", allowsInsecure: allowsInsecure) }
        rules = try Self.rules(section)
    }

    private static func rules(_ section: OIDCSection) throws(ConfigurationError) -> [OIDCRule] {
        guard let rules = try section.array("rules") else {
            return [try OIDCRule(section, isOnly: true)]
        }
        for member in ["bound_claims", "bound_subject", "scopes"] where section.has(member) {
            throw ConfigurationError("\(section.place): rules stand in place of \(member); move it into a rule")
        }
        guard !rules.isEmpty else {
            throw ConfigurationError("\(section.place): rules is empty, so nobody could log in; add a rule")
        }
        var result: [OIDCRule] = []
        for (index, rule) in rules.enumerated() {
            let members: Set<String> = ["bound_claims", "bound_subject", "scopes", "pins"]
            let part = try OIDCSection(rule, at: "\(section.place), rule \(index + 1)", members: members)
            result.append(try OIDCRule(part, isOnly: false))
        }
        return result
    }

    /// The issuer of the token that the server itself was given: on Kubernetes that of all others too.
    private static func issuer(ofTokenIn path: String, at place: String) throws(ConfigurationError) -> String {
        guard let text = try SecretFile(path: path).contents() else {
            throw ConfigurationError("\(place): bearer_token_file \(path): there is no such file")
        }
        guard let token = try? SignedToken(text), let issuer = token.claims.issuer else {
            throw ConfigurationError(
                "\(place): issuer is missing, and bearer_token_file \(path) holds no token that names one; give the issuer"
            )
        }
        return issuer
    }
}

extension OIDCRule {
    /// - Parameter isOnly: whether it stands at the top of a provider: it may then match every token, and grants `write`
    ///   unless it says otherwise.
    fileprivate init(_ section: OIDCSection, isOnly: Bool) throws(ConfigurationError) {
        var claims: [String: [Glob]] = [:]
        for (name, value) in try section.object("bound_claims") ?? [:] {
            claims[name] = try section.globs(value, "bound_claims.\(name)")
        }
        let subjects = try section.globs("bound_subject")
        guard isOnly || !claims.isEmpty || subjects != nil else {
            throw ConfigurationError(
                "\(section.place): it would match every token of the provider; give bound_claims or bound_subject")
        }
        let names = try section.strings("scopes")
        guard isOnly || names != nil else {
            throw ConfigurationError("\(section.place): scopes is missing; say what its tokens allow, as [\"write\"]")
        }
        self.claims = claims
        self.subjects = subjects
        scopes = try Scopes(named: names ?? ["write"], in: "\(section.place), scopes")
        namesRead = names?.contains("read") ?? false
        pins = try isOnly ? [] : section.globs("pins") ?? []
    }
}
