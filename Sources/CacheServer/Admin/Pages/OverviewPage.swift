import CacheCore

/// How much there is, how it came to that, and what is under way.
struct OverviewPage: Sendable {
    /// For which time the plots are.
    enum Span: String, CaseIterable, Sendable {
        case days, months, years

        var resolution: SampleResolution {
            switch self {
            case .days: .tenMinutes
            case .months: .hour
            case .years: .day
            }
        }

        var title: String {
            switch self {
            case .days: "Two days"
            case .months: "Sixty days"
            case .years: "Ten years"
            }
        }
    }

    let now: Timestamp
    let counts: StoreStatistics
    let span: Span
    let samples: [CacheSample]
    let uploads: [UploadSummary]
    let collection: GCStatusResponse?
    let check: FsckReport?

    var html: HTML {
        """
        <dl class="numbers">
        <div><dt>Objects</dt><dd>\(counts.objects.grouped)</dd></div>
        <div><dt>Stored</dt><dd>\(ByteCount(counts.bytes).description)</dd></div>
        <div><dt>Unfinished pushes</dt><dd>\(counts.pendingUploads.grouped)</dd></div>
        </dl>
        <p>Plots of: \(Span.allCases.map(link))</p>
        <div class="plots">
        \(plot("Objects", { $0.objects }, { Int64($0).grouped }))
        \(plot("Stored bytes", { $0.bytes }, { ByteCount(Int64($0)).description }))
        </div>
        <h2>Pushes under way</h2>
        \(PushesPage.table(uploads.filter { $0.upload.state.isUnderWay }, caption: "Pushes under way", now: now))
        <h2>Last collection</h2>
        \(collection.map { CollectionsPage.table([$0], now: now) } ?? "<p class=\"quiet\">There was none yet.</p>")
        <h2>Last check</h2>
        \(check.map { ChecksPage.summary($0, now: now) } ?? ChecksPage.none)
        """
    }

    private func link(_ other: Span) -> HTML {
        let mark: HTML = other == span ? " aria-current=\"true\"" : ""
        return "<a href=\"/admin?span=\(other.rawValue)\"\(mark)>\(other.title)</a> "
    }

    private func plot(
        _ title: String, _ value: (CacheSample) -> Int64, _ label: @escaping @Sendable (Double) -> String
    ) -> HTML {
        SVGPlot(
            title: title, points: samples.map { (time: $0.at, value: Double(value($0))) }, label: label
        ).html
    }
}

extension UploadState {
    /// Whether its client, or the server, still has something to do.
    var isUnderWay: Bool { self == .open || self == .publishing }
}
