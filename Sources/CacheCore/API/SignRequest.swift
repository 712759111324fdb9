/// The body of `POST /api/pending_closures/{id}/sign` and `POST /api/pushes/{id}/sign`.
public struct SignRequest: APIMessage, Hashable {
    /// The narinfos to sign, by key.
    public var narinfos: [String: SignNarInfo]
    /// Whether the server itself writes the narinfos and realisations when the upload is completed.
    public var publish: Bool
    /// Realisations to publish: JSON text by key.
    public var realisations: [String: String]

    /// Makes a request.
    public init(narinfos: [String: SignNarInfo], publish: Bool = false, realisations: [String: String] = [:]) {
        self.narinfos = narinfos
        self.publish = publish
        self.realisations = realisations
    }

    /// Decodes a request; whatever is absent or null is empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        narinfos = try container.decodeIfPresent([String: SignNarInfo].self, forKey: .narinfos) ?? [:]
        publish = try container.decodeIfPresent(Bool.self, forKey: .publish) ?? false
        realisations = try container.decodeIfPresent([String: String].self, forKey: .realisations) ?? [:]
    }

    /// Encodes the request; fields at their default are left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(narinfos, forKey: .narinfos)
        if publish { try container.encode(true, forKey: .publish) }
        if !realisations.isEmpty { try container.encode(realisations, forKey: .realisations) }
    }

    private enum CodingKeys: String, CodingKey {
        case narinfos, publish, realisations
    }
}
