/// The body of `POST /api/farm/lead`, which may be empty.
public struct FarmLeadRequest: APIMessage, Hashable {
    /// Whether the member led before the server started.
    public var incumbent: Bool

    /// Makes a request.
    public init(incumbent: Bool = false) {
        self.incumbent = incumbent
    }

    /// Decodes a request; what is absent or null is false.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        incumbent = try container.decodeIfPresent(Bool.self, forKey: .incumbent) ?? false
    }

    private enum CodingKeys: String, CodingKey {
        case incumbent
    }
}
