/// An object that a create request lists.
public struct UploadObject: Hashable, Sendable, Codable {
    /// The object's key.
    public var key: String
    /// What it is.
    public var type: ObjectType
    /// The keys it refers to. On the wire it may be null.
    public var refs: [String]
    /// For a NAR: its size in bytes before compression; nil when it is not known.
    public var narSize: Int64?

    /// Makes a listed object.
    public init(key: String, type: ObjectType, refs: [String] = [], narSize: Int64? = nil) {
        self.key = key
        self.type = type
        self.refs = refs
        self.narSize = narSize
    }

    private enum CodingKeys: String, CodingKey {
        case key, type, refs
        case narSize = "nar_size"
    }

    /// Decodes an object; refs and nar_size may be absent or null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        let typeName = try container.decode(String.self, forKey: .type)
        guard let type = ObjectType(rawValue: typeName) else {
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container,
                debugDescription: "'\(typeName.prefix(64))' is none of narinfo, nar, listing, build_log, realisation")
        }
        self.type = type
        refs = try container.decodeIfPresent([String].self, forKey: .refs) ?? []
        narSize = try container.decodeIfPresent(Int64.self, forKey: .narSize)
    }
}
