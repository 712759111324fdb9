/// The answer to a present request.
public struct PresentResponse: APIMessage, Hashable {
    /// Which of the keys are roots of closures; never null on the wire.
    public var present: [String]

    /// Makes an answer.
    public init(present: [String]) {
        self.present = present
    }

    private enum CodingKeys: String, CodingKey {
        case present
    }

    /// Decodes an answer; null is none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        present = try container.decodeIfPresent([String].self, forKey: .present) ?? []
    }
}
