/// The answer to what was uploaded.
public struct UploadedResponse: APIMessage, Hashable {
    /// Which of the keys an upload that looks for them will not send again; never null on the wire.
    public var registered: [String]

    /// Makes an answer.
    public init(registered: [String]) {
        self.registered = registered
    }

    private enum CodingKeys: String, CodingKey {
        case registered
    }

    /// Decodes an answer; null is none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        registered = try container.decodeIfPresent([String].self, forKey: .registered) ?? []
    }
}
