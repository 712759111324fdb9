import CacheCore

/// Pushes that run, and those that have ended lately.
struct PushesPage: Sendable {
    /// How many are shown.
    static let limit = 200

    let now: Timestamp
    let uploads: [UploadSummary]

    var html: HTML {
        """
        <h2>Under way</h2>
        \(Self.table(uploads.filter { $0.upload.state.isUnderWay }, caption: "Pushes under way", now: now))
        <h2>Ended</h2>
        <p class="quiet">For about five hours: as long as a client of theirs might still write.</p>
        \(Self.table(uploads.filter { !$0.upload.state.isUnderWay }, caption: "Pushes that have ended", now: now))
        """
    }

    static func table(_ uploads: [UploadSummary], caption: String, now: Timestamp) -> HTML {
        Table(
            caption: caption, headings: ["Number", "State", "Begun", "Objects", "Closures"], numbers: [0, 3],
            rows: uploads.map { summary in
                [
                    "\(summary.upload.id.description)", state(summary.upload.state),
                    summary.upload.startedAt.html(at: now), objects(summary), roots(summary.roots),
                ]
            }
        ).html
    }

    private static func state(_ state: UploadState) -> HTML {
        switch state {
        case .open: "uploading"
        case .publishing: "being published"
        case .completed: "<span class=\"good\">completed</span>"
        case .dropped: "<span class=\"bad-text\">given up</span>"
        }
    }

    private static func objects(_ summary: UploadSummary) -> HTML {
        guard summary.upload.state.isUnderWay || summary.objects > 0 else { return "" }
        return summary.objects < UploadSummary.countLimit
            ? "\(summary.objects.grouped)" : "\(UploadSummary.countLimit.grouped) or more"
    }

    private static func roots(_ roots: [String]) -> HTML {
        let shown = roots.prefix(3).map { root -> HTML in
            "<code><a href=\"/admin/why?key=\(QueryValue(root).description)\">\(root)</a></code> "
        }
        return roots.count > 3 ? "\(shown)and \(roots.count - 3) more" : "\(shown)"
    }
}
