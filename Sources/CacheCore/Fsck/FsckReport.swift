/// What a check of the cache came to, to be kept.
public struct FsckReport: APIMessage, Hashable {
    /// How many findings are kept.
    public static let listed = 100

    /// When it ended.
    public var finishedAt: Timestamp
    /// What was asked of it.
    public var options: FsckOptions
    /// What it has seen and found.
    public var summary: FsckSummary
    /// Its first findings.
    public var findings: [FsckFinding]

    /// Makes a report.
    public init(finishedAt: Timestamp, options: FsckOptions, summary: FsckSummary, findings: [FsckFinding]) {
        self.finishedAt = finishedAt
        self.options = options
        self.summary = summary
        self.findings = Array(findings.prefix(FsckReport.listed))
    }

    private enum CodingKeys: String, CodingKey {
        case options, summary, findings
        case finishedAt = "finished_at"
    }
}
