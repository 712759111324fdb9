/// What is kept with an object that is written.
public struct S3PutOptions: Hashable, Sendable {
    /// What the object is.
    public var contentType: String?

    /// How its bytes are encoded, such as `zstd`.
    public var contentEncoding: String?

    /// What must hold for the object to be written.
    public var conditions: S3Conditions

    /// The time in which the object may be written, or `nil` for no limit.
    public var validity: S3Validity?

    /// Makes options; nothing by default.
    public init(
        contentType: String? = nil, contentEncoding: String? = nil, conditions: S3Conditions = S3Conditions(),
        validity: S3Validity? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.conditions = conditions
        self.validity = validity
    }

    var headers: [(String, String)] {
        var headers: [(String, String)] = []
        if let contentType { headers.append(("Content-Type", contentType)) }
        if let contentEncoding { headers.append(("Content-Encoding", contentEncoding)) }
        return headers + conditions.headers
    }
}
