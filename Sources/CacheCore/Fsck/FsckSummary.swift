/// What a check has seen and found so far.
public struct FsckSummary: Codable, Hashable, Sendable {
    /// How many objects the database knows.
    public var objects: Int64 = 0
    /// How many objects the bucket has.
    public var keys: Int64 = 0
    /// How many NARs were read whole.
    public var nars: Int64 = 0
    /// Their bytes before compression.
    public var narBytes: Int64 = 0
    /// How many objects the bucket has that the database does not know, and that may belong to an upload.
    public var young: Int64 = 0
    /// How many objects the bucket has that no cache has.
    public var foreign: Int64 = 0
    /// How many findings of each kind there are.
    public var findings: [String: Int64] = [:]
    /// How many findings are damage, and were not repaired.
    public var damaged: Int64 = 0
    /// How many findings were repaired.
    public var repaired: Int64 = 0

    /// Makes the summary of a check that has seen nothing yet.
    public init() {}

    /// Whether the cache is sound, or is so by now.
    public var isSound: Bool { damaged == 0 }

    mutating func count(_ finding: FsckFinding) {
        findings[finding.kind.rawValue, default: 0] += 1
        if finding.isRepaired {
            repaired += 1
        } else if finding.kind.isDamage {
            damaged += 1
        }
    }

    private enum CodingKeys: String, CodingKey {
        case objects, keys, nars, young, foreign, findings, damaged, repaired
        case narBytes = "nar_bytes"
    }
}
