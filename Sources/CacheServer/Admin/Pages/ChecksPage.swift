import CacheCore

/// What checks of the cache have found.
struct ChecksPage: Sendable {
    let now: Timestamp
    let reports: [FsckReport]

    static let none: HTML = """
        <p class="quiet">There was none yet. <code>niks3-server fsck</code> makes one, and keeps here what it finds.</p>
        """

    var html: HTML {
        guard let last = reports.first else { return Self.none }
        return """
            \(Self.summary(last, now: now))
            <h2>Findings of the last check</h2>
            \(findings(last))
            <h2>Earlier checks</h2>
            \(earlier(reports.dropFirst()))
            """
    }

    static func summary(_ report: FsckReport, now: Timestamp) -> HTML {
        let verdict: HTML =
            report.summary.isSound
            ? "<span class=\"good\">The cache was sound</span>"
            : "<span class=\"bad-text\">The cache was damaged</span>: \(report.summary.damaged.grouped) not repaired"
        return """
            <p>\(verdict). \(report.summary.objects.grouped) objects were compared with \
            \(report.summary.keys.grouped) in the bucket\(report.options.isDeep ? ", and all NARs read" : ""); \
            \(report.summary.repaired.grouped) were repaired. That was \(report.finishedAt.html(at: now)).</p>
            """
    }

    private func findings(_ report: FsckReport) -> HTML {
        let total = report.summary.findings.values.reduce(0, +)
        let rest: HTML =
            total > report.findings.count ? "<p>And \((total - Int64(report.findings.count)).grouped) more.</p>" : ""
        let table = Table(
            caption: "Findings", headings: ["Kind", "Key", "What"],
            rows: report.findings.map { finding in
                [
                    "\(finding.kind.rawValue)", "<code>\(finding.key)</code>",
                    "\(finding.detail)\(finding.isRepaired ? " (repaired)" : "")",
                ]
            })
        return "\(table.html)\(rest)"
    }

    private func earlier(_ reports: some Sequence<FsckReport>) -> HTML {
        Table(
            caption: "Earlier checks", headings: ["Ended", "Result", "Findings", "Repaired"], numbers: [2, 3],
            rows: reports.map { report in
                let verdict: HTML = report.summary.isSound ? "sound" : "<span class=\"bad-text\">damaged</span>"
                return [
                    report.finishedAt.html(at: now), verdict,
                    "\(report.summary.findings.values.reduce(0, +).grouped)", "\(report.summary.repaired.grouped)",
                ]
            }
        ).html
    }
}
