extension FsckService {
    /// Goes through what the bucket has.
    func checkBucket(_ position: inout FsckPosition, _ report: Report) async throws(CacheError) {
        let limit = try await metadata.instant() - uploads.times.writeWindow
        while true {
            let (objects, after) = (objects, position.after)
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: "", after: after.isEmpty ? nil : after, limit: 1000)
            }
            guard let last = page.objects.last?.key else { return }
            guard last != after else {
                throw CacheError(.internal, "The bucket lists \(last.prefix(200)) again and again; check its service.")
            }
            position.summary.keys += Int64(page.objects.count)
            let findings = try await check(page.objects, limit: limit, &position)
            try await finish(findings, upTo: last, &position, report)
            if !page.hasMore { return }
        }
    }

    /// - Parameter limit: what is younger may be of an upload.
    private func check(
        _ page: [ObjectPage.Entry], limit: Timestamp, _ position: inout FsckPosition
    ) async throws(CacheError) -> [FsckFinding] {
        var findings: [FsckFinding] = []
        var keys: [ObjectKey: Timestamp] = [:]
        for entry in page {
            if let key = ObjectKey(validating: entry.key) {
                keys[key] = entry.lastModified
            } else if let reason = try await strayReason(entry.key) {
                findings.append(FsckFinding(kind: .stray, key: entry.key, detail: reason))
            } else if !FsckService.isServers(entry.key) {
                position.summary.foreign += 1
            }
        }
        let unknown = try await unknownKeys(keys.keys.sorted())
        let old = unknown.filter { (keys[$0] ?? limit) < limit }
        position.summary.young += Int64(unknown.count - old.count)
        guard !old.isEmpty else { return findings }
        let confirmed = try await confirm(old, limit: limit)
        if position.options.repairs, !confirmed.isEmpty {
            _ = try await metadata.adopt(confirmed, as: .uploading)
        }
        let isRepaired = position.options.repairs
        findings += confirmed.map { key in
            FsckFinding(
                kind: .unknown, key: key.text, detail: "the database has no such object", isRepaired: isRepaired)
        }
        return findings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private func unknownKeys(_ keys: [ObjectKey]) async throws(CacheError) -> [ObjectKey] {
        let known = try await metadata.states(of: keys.map(\.text))
        return keys.filter { known[$0.text] == nil }
    }

    /// Looks a second time, at the bucket first: what has a row when it is there is no stranger.
    private func confirm(_ keys: [ObjectKey], limit: Timestamp) async throws(CacheError) -> [ObjectKey] {
        let objects = objects
        let there = try await concurrently(keys, limit: uploads.settings.storeConcurrency) { key throws(CacheError) in
            let found = try await store { () throws(ObjectStoreError) in try await objects.attributes(of: key.text) }
            return found.map { $0.lastModified < limit } == true ? key : nil
        }
        return try await unknownKeys(there.compactMap(\.self))
    }

    /// What the server writes for itself.
    private static func isServers(_ key: String) -> Bool {
        key == "nix-cache-info" || key == "index.html" || key.hasPrefix("pins/") || key.hasPrefix("pending/")
    }

    /// Why a staged text or the object of a pin belongs to nothing.
    private func strayReason(_ key: String) async throws(CacheError) -> String? {
        let parts = key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("pins", 2):
            guard let name = try? PinName(parts[1]), try await metadata.pin(name) != nil else {
                return "there is no such pin; delete it by hand"
            }
            return nil
        case ("pending", 3):
            guard let id = try? UploadID(parsing: parts[1]), try await metadata.upload(id) != nil else {
                return "there is no such upload; delete it by hand"
            }
            return nil
        default:
            return nil
        }
    }
}
