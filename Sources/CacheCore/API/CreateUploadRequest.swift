/// The body of `POST /api/pending_closures` (one ``closure``) and of `POST /api/pushes` (several ``roots``).
public struct CreateUploadRequest: APIMessage, Hashable {
    /// The key of the top narinfo; nil in a push of several roots.
    public var closure: String?
    /// The keys of the top narinfos; nil in a pending closure.
    public var roots: [String]?
    /// All objects of the closures.
    public var objects: [UploadObject]
    /// Whether to look in the bucket for objects that the database knows.
    public var verifyS3: Bool
    /// References that are left out on purpose.
    public var external: [String]

    /// Makes the request for one closure.
    public init(closure: String, objects: [UploadObject], verifyS3: Bool = false, external: [String] = []) {
        self.closure = closure
        self.roots = nil
        self.objects = objects
        self.verifyS3 = verifyS3
        self.external = external
    }

    /// Makes the request for several roots in one upload.
    public init(roots: [String], objects: [UploadObject], verifyS3: Bool = false, external: [String] = []) {
        self.closure = nil
        self.roots = roots
        self.objects = objects
        self.verifyS3 = verifyS3
        self.external = external
    }

    private enum CodingKeys: String, CodingKey {
        case closure, roots, objects, external
        case verifyS3 = "verify_s3"
    }

    /// Decodes a request; whatever is absent or null is empty, and the service says what is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        closure = try container.decodeIfPresent(String.self, forKey: .closure)
        roots = try container.decodeIfPresent([String].self, forKey: .roots)
        objects = try container.decodeIfPresent([UploadObject].self, forKey: .objects) ?? []
        verifyS3 = try container.decodeIfPresent(Bool.self, forKey: .verifyS3) ?? false
        external = try container.decodeIfPresent([String].self, forKey: .external) ?? []
    }

    /// Encodes the request; fields at their default are left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(closure, forKey: .closure)
        try container.encodeIfPresent(roots, forKey: .roots)
        try container.encode(objects, forKey: .objects)
        if verifyS3 { try container.encode(true, forKey: .verifyS3) }
        if !external.isEmpty { try container.encode(external, forKey: .external) }
    }
}
