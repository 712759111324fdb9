import NarKit

extension ImportService {
    /// Where else to look for what belongs to a narinfo.
    struct Attachments: Sendable {
        /// The keys of realisations by the hash part of what they name.
        var realisations: [String: [String]] = [:]
        /// Whether the bucket has any build logs.
        var hasLogs = false
        /// What another server's database says.
        var source: (any ImportSource)?
    }

    /// What came of reading a narinfo.
    private enum Outcome: Sendable {
        case entry(ImportedClosure.Entry)
        case refused(String)
    }

    /// Finds what has to be taken over for some roots.
    /// - Parameter trustsKnown: whether what is in the cache is taken to be there with all that it reaches.
    func gather(
        _ roots: [String], _ attachments: Attachments, trustsKnown: Bool
    ) async throws(CacheError) -> ImportedClosure {
        var closure = ImportedClosure()
        var seen = Set(roots)
        var frontier = roots
        while !frontier.isEmpty {
            var next: [String] = []
            for chunk in frontier.chunked(1000) {
                try checkInterruption()
                let keys = Array(chunk)
                let states = trustsKnown ? try await metadata.states(of: keys) : [:]
                closure.known.formUnion(keys.filter { states[$0]?.isPresent == true })
                let unread = keys.filter { states[$0]?.isPresent != true }
                let extra = try await attachments.source?.references(of: unread) ?? [:]
                let outcomes = try await concurrently(unread, limit: uploads.settings.storeConcurrency) {
                    key throws(CacheError) in
                    try await self.read(key, attachments, extra: extra[key] ?? [])
                }
                for (key, outcome) in zip(unread, outcomes) {
                    switch outcome {
                    case .refused(let reason):
                        closure.refused[key] = reason
                    case .entry(let entry):
                        closure.entries.append(entry)
                        for reference in entry.text.references where seen.insert(reference).inserted {
                            next.append(reference)
                        }
                    }
                }
            }
            frontier = next
        }
        return closure
    }

    private func read(
        _ key: String, _ attachments: Attachments, extra: [String]
    ) async throws(CacheError) -> Outcome {
        guard let narInfoKey = ObjectKey(validating: key), narInfoKey.type == .narinfo else {
            return .refused("it is no narinfo's key")
        }
        let text: StoredNarInfo
        do throws(CacheError) {
            guard let stored = try await narInfo(narInfoKey) else { return .refused("the bucket has no such object") }
            text = stored
        } catch {
            guard error.code == .invalidRequest else { throw error }
            return .refused(error.message)
        }
        if let reason = try await narRefusal(text) { return .refused(reason) }
        var entry = ImportedClosure.Entry(key: narInfoKey, text: text)
        var candidates = extra.compactMap { ObjectKey(validating: $0) }.filter { !$0.type.isRequired }
        let hashPart = text.narInfo.storePath.hashPart
        candidates += (attachments.realisations[hashPart] ?? []).compactMap { ObjectKey(validating: $0) }
        if let listing = ObjectKey(validating: "\(hashPart).ls") { candidates.append(listing) }
        if attachments.hasLogs, let deriver = text.narInfo.deriver,
            let log = ObjectKey(validating: "log/\(deriver.baseName)")
        {
            candidates.append(log)
        }
        for candidate in Set(candidates).sorted() { try await attach(candidate, to: &entry) }
        return .entry(entry)
    }

    /// Reads a narinfo.
    /// - Returns: nil when the bucket has none.
    func narInfo(_ key: ObjectKey) async throws(CacheError) -> StoredNarInfo? {
        guard let bytes = try await uploads.text(at: key.text) else { return nil }
        return try StoredNarInfo(bytes, key: key, storeDirectory: uploads.settings.storeDirectory)
    }

    /// Looks for a NAR, before anything is claimed: what cannot be completed must not be left to a collection.
    private func narRefusal(_ text: StoredNarInfo) async throws(CacheError) -> String? {
        let (objects, key) = (objects, text.narKey)
        let found = try await store { () throws(ObjectStoreError) in try await objects.attributes(of: key.text) }
        guard let size = found?.size else { return "its NAR \(key) is not in the bucket" }
        if let said = text.narInfo.fileSize, said != UInt64(clamping: size) {
            return "its NAR \(key) has \(size) bytes instead of the \(said) that it says"
        }
        let narSize = Int64(clamping: text.narInfo.narSize)
        guard size > 0, size <= uploads.settings.maximumUploadSize(narSize: narSize) ?? .max else {
            return "its NAR \(key) has \(size) bytes, which do not fit a NAR of \(narSize)"
        }
        return nil
    }

    /// Adds what the bucket has and can be taken; what does not is no harm.
    private func attach(_ key: ObjectKey, to entry: inout ImportedClosure.Entry) async throws(CacheError) {
        guard key.type == .realisation else {
            if try await uploads.arrivedSize(of: key, narSize: nil) != nil { entry.attachments.append(key) }
            return
        }
        do throws(CacheError) {
            guard let bytes = try await uploads.text(at: key.text) else { return }
            entry.realisations[key] = try StagedText.realisation(
                bytes, key: key, storeDirectory: uploads.settings.storeDirectory)
            entry.attachments.append(key)
        } catch {
            guard error.code == .invalidRequest else { throw error }
        }
    }
}
