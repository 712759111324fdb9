/// The answer to a request for more part URLs.
public struct PartsResponse: APIMessage, Hashable {
    /// URLs of consecutive parts.
    public var partURLs: [String]
    /// The number of the first of them.
    public var startPartNumber: Int

    /// Makes an answer.
    public init(partURLs: [String], startPartNumber: Int) {
        self.partURLs = partURLs
        self.startPartNumber = startPartNumber
    }

    private enum CodingKeys: String, CodingKey {
        case partURLs = "part_urls"
        case startPartNumber = "start_part_number"
    }
}
