/// The body of `POST /api/uploads/skipped`: what a client left out because a NAR was too large.
public struct UploadsSkippedRequest: APIMessage, Hashable {
    /// How many store paths.
    public var paths: Int64
    /// The size of their NARs in bytes.
    public var narBytes: Int64

    /// Makes a request.
    public init(paths: Int64, narBytes: Int64) {
        self.paths = paths
        self.narBytes = narBytes
    }

    private enum CodingKeys: String, CodingKey {
        case paths
        case narBytes = "nar_bytes"
    }

    /// Decodes a request; whatever is absent is 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        paths = try container.decodeIfPresent(Int64.self, forKey: .paths) ?? 0
        narBytes = try container.decodeIfPresent(Int64.self, forKey: .narBytes) ?? 0
    }
}
