import NarKit

extension ImportService {
    /// Takes over a bucket that was filled by `nix copy`.
    ///
    /// Roots are the narinfos that no other one refers to which is not in the cache yet. Memory holds 20 bytes and some for
    /// each narinfo that is referred to, and the keys of realisations.
    /// - Parameters:
    ///   - makesAllRoots: whether each narinfo becomes a root, so that it expires by itself.
    ///   - report: called for what cannot be taken, and from time to time with the progress.
    /// - Throws: ``CacheError`` when a store fails, when the task is cancelled, and what `report` throws.
    public func importBucket(makesAllRoots: Bool = false, _ report: Report) async throws(CacheError) -> ImportSummary {
        var progress = ImportProgress()
        let attachments = try await attachments()
        let referenced = try await referencedNarInfos(&progress, report)
        try await forEachNarInfo { keys throws(CacheError) in
            let states = try await metadata.states(of: keys)
            let roots = keys.filter { key in
                states[key]?.isPresent != true && !referenced.contains(NarInfoHash(key))
            }
            for chunk in roots.chunked(group) {
                _ = try await take(Array(chunk), attachments, &progress, report)
            }
        }
        if makesAllRoots { try await makeRoots(&progress, report) }
        return progress.summary
    }

    /// What the narinfos refer to that are not in the cache yet, themselves excepted.
    private func referencedNarInfos(
        _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) -> Set<NarInfoHash> {
        var referenced: Set<NarInfoHash> = []
        try await forEachNarInfo { keys throws(CacheError) in
            let states = try await metadata.states(of: keys)
            let unread = keys.filter { states[$0]?.isPresent != true }
            let read = try await concurrently(unread, limit: uploads.settings.storeConcurrency) {
                key throws(CacheError) in
                try await self.references(of: key)
            }
            for references in read { for reference in references { referenced.insert(NarInfoHash(reference)) } }
            progress.summary.scanned += Int64(keys.count)
            progress.summary.present += Int64(keys.count - unread.count)
            try await report(.progress(progress.summary))
        }
        return referenced
    }

    /// What a narinfo refers to; what is none refers to nothing, and is told of later.
    private func references(of key: String) async throws(CacheError) -> [String] {
        do throws(CacheError) {
            return try await narInfo(try ObjectKey(key))?.references.filter { $0 != key } ?? []
        } catch {
            guard error.code == .invalidRequest else { throw error }
            return []
        }
    }

    /// Makes everything a root that is in the cache now.
    private func makeRoots(_ progress: inout ImportProgress, _ report: Report) async throws(CacheError) {
        try await forEachNarInfo { keys throws(CacheError) in
            let states = try await metadata.states(of: keys)
            let existing = try await metadata.existingClosures(keys)
            let roots = keys.filter { states[$0]?.isPresent == true && !existing.contains($0) }
            guard !roots.isEmpty else { return }
            _ = try await complete(ImportedClosure(known: Set(roots)), roots: roots)
            progress.summary.closures += Int64(roots.count)
            try await report(.progress(progress.summary))
        }
    }

    /// Goes through the narinfos of the bucket, by pages.
    private func forEachNarInfo(_ body: ([String]) async throws(CacheError) -> Void) async throws(CacheError) {
        var after: String?
        while true {
            try checkInterruption()
            let (objects, start) = (objects, after)
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: "", after: start, limit: 1000)
            }
            let keys = page.objects.map(\.key).filter { ObjectKey(validating: $0)?.type == .narinfo }
            if !keys.isEmpty { try await body(keys) }
            guard page.hasMore, let last = page.objects.last?.key, last != after else { return }
            after = ImportService.skipped(last)
        }
    }

    /// Where a listing of narinfos goes on: past the directories, of which nothing is wanted.
    private static func skipped(_ key: String) -> String {
        guard let slash = key.firstIndex(of: "/") else { return key }
        return key[...slash] + "~"
    }

    /// What the bucket has besides narinfos, NARs and listings.
    private func attachments() async throws(CacheError) -> Attachments {
        var attachments = Attachments()
        for prefix in ["realisations/", "build-trace-v2/"] {
            try await readRealisations(prefix, into: &attachments)
        }
        let objects = objects
        let logs = try await store { () throws(ObjectStoreError) in
            try await objects.list(prefix: "log/", after: nil, limit: 1)
        }
        attachments.hasLogs = !logs.objects.isEmpty
        return attachments
    }

    private func readRealisations(_ prefix: String, into attachments: inout Attachments) async throws(CacheError) {
        var after: String?
        while true {
            try checkInterruption()
            let (objects, start) = (objects, after)
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: prefix, after: start, limit: 1000)
            }
            let keys = page.objects.map(\.key)
            let paths = try await concurrently(keys, limit: uploads.settings.storeConcurrency) {
                key throws(CacheError) in
                try await self.outPath(ofRealisation: key)
            }
            for (key, path) in zip(keys, paths) {
                if let path { attachments.realisations[path.hashPart, default: []].append(key) }
            }
            guard page.hasMore, let last = keys.last, last != after else { return }
            after = last
        }
    }

    /// What a realisation names; nil for what is none.
    private func outPath(ofRealisation key: String) async throws(CacheError) -> StorePath? {
        guard let objectKey = ObjectKey(validating: key), objectKey.type == .realisation else { return nil }
        do throws(CacheError) {
            guard let bytes = try await uploads.text(at: key) else { return nil }
            return try StagedText.outPath(
                of: bytes, key: objectKey, storeDirectory: uploads.settings.storeDirectory)
        } catch {
            guard error.code == .invalidRequest else { throw error }
            return nil
        }
    }
}

/// The hash part of a narinfo's key in 20 bytes.
private struct NarInfoHash: Hashable {
    private let words: (UInt64, UInt64, UInt32)

    /// - Parameter key: the key of a narinfo.
    init(_ key: String) {
        let bytes = (try? Nix32.decode(key.prefix(StorePath.hashPartLength))) ?? []
        func word(_ range: Range<Int>) -> UInt64 {
            bytes.dropFirst(range.lowerBound).prefix(range.count).reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0..<8), word(8..<16), UInt32(truncatingIfNeeded: word(16..<20)))
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
    }
}
