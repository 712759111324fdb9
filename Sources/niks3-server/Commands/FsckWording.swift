import CacheCore

/// What a check prints.
struct FsckWording {
    let json: Bool

    func line(_ finding: FsckFinding) -> String {
        if json, let line = try? finding.jsonLine { return line }
        return "\(finding.kind.rawValue) \(finding.key): \(finding.detail)\(finding.isRepaired ? " (repaired)" : "")"
    }

    func line(_ summary: FsckSummary) -> String {
        if json, let line = try? SummaryLine(summary: summary).jsonLine { return line }
        let nars = summary.nars > 0 ? ", \(summary.nars) NARs of \(summary.narBytes) bytes" : ""
        let kinds = summary.findings.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let found = kinds.isEmpty ? "nothing found" : kinds.joined(separator: ", ")
        let verdict =
            summary.isSound ? "the cache is sound" : "the cache is damaged (\(summary.damaged) not repaired)"
        return
            "\(summary.objects) objects, \(summary.keys) keys in the bucket (\(summary.young) of uploads, "
            + "\(summary.foreign) foreign)\(nars): \(found), \(summary.repaired) repaired; \(verdict)"
    }

    func progress(_ position: FsckPosition) -> String {
        let summary = position.summary
        let findings = summary.findings.values.reduce(0, +)
        return switch position.phase {
        case .objects: "objects: \(summary.objects), NARs: \(summary.nars), findings: \(findings), at \(position.after)"
        case .bucket: "keys: \(summary.keys), findings: \(findings), at \(position.after)"
        case .closures: "closures, findings: \(findings), at \(position.after)"
        }
    }
}
