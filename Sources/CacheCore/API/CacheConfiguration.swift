/// The answer to `GET /api/cache-config`.
public struct CacheConfiguration: APIMessage, Hashable {
    /// Where Nix reads the cache; empty when none is configured.
    public var substituterURL: String
    /// The public keys of the server, `name:base64`; never null.
    public var publicKeys: [String]
    /// The audience a token must name, for a configured issuer.
    public var oidcAudience: String?
    /// The largest NAR that is taken, in bytes; nil when there is no limit.
    public var maximumNarSize: Int64?
    /// Whether `/api/pushes` is there.
    public var pushes: Bool

    /// Makes an answer.
    public init(
        substituterURL: String, publicKeys: [String], oidcAudience: String? = nil, maximumNarSize: Int64? = nil,
        pushes: Bool = true
    ) {
        self.substituterURL = substituterURL
        self.publicKeys = publicKeys
        self.oidcAudience = oidcAudience
        self.maximumNarSize = maximumNarSize
        self.pushes = pushes
    }

    private enum CodingKeys: String, CodingKey {
        case pushes
        case substituterURL = "substituter_url"
        case publicKeys = "public_keys"
        case oidcAudience = "oidc_audience"
        case maximumNarSize = "max_nar_size"
    }

    /// Decodes an answer; fields that older servers do not have may be absent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        substituterURL = try container.decodeIfPresent(String.self, forKey: .substituterURL) ?? ""
        publicKeys = try container.decodeIfPresent([String].self, forKey: .publicKeys) ?? []
        oidcAudience = try container.decodeIfPresent(String.self, forKey: .oidcAudience)
        maximumNarSize = try container.decodeIfPresent(Int64.self, forKey: .maximumNarSize)
        pushes = try container.decodeIfPresent(Bool.self, forKey: .pushes) ?? false
    }
}
