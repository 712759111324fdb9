/// What signing anew has done so far.
public struct ResignSummary: Codable, Hashable, Sendable {
    /// How many narinfos were looked at.
    public var narInfos: Int64 = 0
    /// How many of them got signatures.
    public var signed: Int64 = 0
    /// How many had them already.
    public var present: Int64 = 0
    /// How many were left as they are, for reasons that were told.
    public var refused: Int64 = 0

    /// Makes the summary of what has not begun yet.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case narInfos = "narinfos"
        case signed, present, refused
    }
}

/// What signing anew tells while it runs.
public enum ResignEvent: Sendable {
    /// A narinfo is left as it is.
    case refused(key: String, reason: String)
    /// All narinfos up to a key are done; it can go on from there.
    case position(ResignPosition)
}

/// How far signing anew is.
public struct ResignPosition: Codable, Hashable, Sendable {
    /// The last key that is done.
    public var after: String
    /// What was done so far.
    public var summary: ResignSummary

    /// Makes the position at which it begins.
    public init() {
        after = ""
        summary = ResignSummary()
    }
}
