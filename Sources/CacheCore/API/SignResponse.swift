/// The answer to a sign request.
public struct SignResponse: APIMessage, Hashable {
    /// By narinfo key: `name:base64`, one for each key of the server; an empty list where it has none.
    public var signatures: [String: [String]]
    /// Whether the server writes the narinfos and realisations itself; nil from servers that do not know of it.
    public var publishedByServer: Bool?

    /// Makes an answer.
    public init(signatures: [String: [String]], publishedByServer: Bool? = nil) {
        self.signatures = signatures
        self.publishedByServer = publishedByServer
    }

    private enum CodingKeys: String, CodingKey {
        case signatures
        case publishedByServer = "published_by_server"
    }

    /// Decodes an answer; signatures, and the list of one narinfo, may be null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        signatures =
            (try container.decodeIfPresent([String: [String]?].self, forKey: .signatures) ?? [:]).mapValues { $0 ?? [] }
        publishedByServer = try container.decodeIfPresent(Bool.self, forKey: .publishedByServer)
    }
}
