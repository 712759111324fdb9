/// Something that a check found.
public struct FsckFinding: Codable, Hashable, Sendable {
    /// What is the matter.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// The database takes an object to be there that the bucket certainly lacks.
        case lost
        /// A narinfo or realisation does not parse, or does not belong under its key.
        case text
        /// The bytes of a NAR are not what its narinfo says.
        case nar
        /// No key of the cache signed a narinfo.
        case signature
        /// The object store has an object and cannot read it.
        case unreadable
        /// An object has another size than the database says.
        case size
        /// The text of a narinfo refers to what is in the cache, and its row does not.
        case missingReferences = "missing_refs"
        /// A row refers to what has no row.
        case danglingReferences = "dangling_refs"
        /// The row of a narinfo refers to more than its text, as after two different builds of one path.
        case surplusReferences = "surplus_refs"
        /// The bucket has an object that the database does not know.
        case unknown
        /// A staged text or the object of a pin belongs to nothing any more.
        case stray
        /// A closure refers to what is not there.
        case incomplete

        /// Whether a cache that has it is damaged; everything else only takes room.
        public var isDamage: Bool {
            switch self {
            case .surplusReferences, .stray: false
            case .lost, .text, .nar, .signature, .unreadable, .size, .missingReferences, .danglingReferences, .unknown,
                .incomplete:
                true
            }
        }
    }

    /// What is the matter.
    public var kind: Kind
    /// The key of the object or closure.
    public var key: String
    /// What exactly, in a few words.
    public var detail: String
    /// Whether the check has done about it what can be done here.
    public var isRepaired: Bool

    /// Makes a finding.
    public init(kind: Kind, key: String, detail: String, isRepaired: Bool = false) {
        self.kind = kind
        self.key = key
        self.detail = detail
        self.isRepaired = isRepaired
    }

    private enum CodingKeys: String, CodingKey {
        case kind, key, detail
        case isRepaired = "repaired"
    }
}
