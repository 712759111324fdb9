import CacheCore

/// Collections: what they did, what one would do, and how to begin one.
struct CollectionsPage: Sendable {
    let now: Timestamp
    /// The one that runs, or the last one.
    let current: GCStatusResponse?
    /// Those that have ended, the newest first.
    let finished: [GCStatusResponse]
    let parameters: GCParameters
    /// What a collection with these would do; nil where nobody has asked.
    var plan: GCPlanResponse?

    var html: HTML {
        """
        \(running)
        <h2>Plan or begin one</h2>
        <p>Closures that were last pushed this long ago go, unless a pin keeps them; so does what then nothing needs.</p>
        <form method="get" action="/admin/collections"><div class="fields">
        <label>Older than <input name="older-than" value="\(parameters.olderThan)" size="8" required></label>
        <label>Unfinished pushes older than <input name="failed-uploads-older-than" \
        value="\(parameters.failedUploadsOlderThan)" size="8" required></label>
        <button name="plan" value="yes">Show what would go</button>
        </div></form>
        \(plan.map(planned) ?? "")
        <h2>Ended</h2>
        \(Self.table(finished, now: now))
        """
    }

    private var running: HTML {
        guard let current, current.state == .running else { return "" }
        return "<h2>Under way</h2>\n\(Self.table([current], now: now))"
    }

    private func planned(_ plan: GCPlanResponse) -> HTML {
        let largest = Table(
            caption: "The largest objects that would go", headings: ["Object", "Size"], numbers: [1],
            rows: plan.largest.map { ["<code>\($0.key)</code>", "\(ByteCount($0.size).description)"] })
        let oldest = Table(
            caption: "The oldest closures that would go", headings: ["Closure", "Pushed"],
            rows: plan.oldest.map { ["<code>\($0.id)</code>", $0.updatedAt.html(at: now)] })
        return """
            <h2>What would go</h2>
            <dl class="numbers">
            <div><dt>Closures</dt><dd>\(plan.stats.oldClosuresDeleted.grouped)</dd></div>
            <div><dt>Objects, now or later</dt><dd>\(plan.stats.objectsMarkedForDeletion.grouped)</dd></div>
            <div><dt>Objects, at once</dt><dd>\(plan.stats.objectsDeletedAfterGracePeriod.grouped)</dd></div>
            <div><dt>Nothing needs</dt><dd>\(ByteCount(plan.bytes).description)</dd></div>
            </dl>
            <h3>Largest objects</h3>
            \(largest.html)
            <h3>Oldest closures</h3>
            \(oldest.html)
            <form method="post" action="/admin/collections">
            <input type="hidden" name="older-than" value="\(parameters.olderThan)">
            <input type="hidden" name="failed-uploads-older-than" value="\(parameters.failedUploadsOlderThan)">
            <button>Begin this collection</button>
            </form>
            """
    }

    static func table(_ collections: [GCStatusResponse], now: Timestamp) -> HTML {
        Table(
            caption: "Collections",
            headings: [
                "Begun", "Result", "Took", "Older than", "Closures", "Pushes given up", "Marked", "Deleted",
                "Not deleted",
            ],
            numbers: [2, 4, 5, 6, 7, 8],
            rows: collections.map { collection in
                let stats = collection.stats
                return [
                    collection.startedAt.html(at: now), result(collection),
                    "\(((collection.finishedAt ?? now) - collection.startedAt).lengthText)",
                    "\(collection.params.olderThan)\(collection.params.force ? ", force" : "")",
                    "\(stats.oldClosuresDeleted.grouped)", "\(stats.failedUploadsDeleted.grouped)",
                    "\(stats.objectsMarkedForDeletion.grouped)", "\(stats.objectsDeletedAfterGracePeriod.grouped)",
                    "\(stats.objectsFailedToDelete.grouped)",
                ]
            }
        ).html
    }

    private static func result(_ collection: GCStatusResponse) -> HTML {
        switch collection.state {
        case .running: "\(collection.phase.map { "running: \($0.rawValue.replacing("_", with: " "))" } ?? "running")"
        case .succeeded: "<span class=\"good\">succeeded</span>"
        case .failed: "<span class=\"bad-text\">failed</span> \(collection.error ?? "")"
        }
    }
}
