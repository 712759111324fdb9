public import Logging
public import NarKit

/// Lists and deletes closures.
public final class ClosureService: Sendable {
    private let metadata: any MetadataStore & ClosureStore
    private let objects: any ObjectStore
    private let storeDirectory: StoreDirectory
    private let logger: Logger

    /// How many closures an answer has at most.
    public static let pageLimit = 100
    /// How many bytes a text that is searched for has at most.
    public static let searchLimit = 256
    /// How many narinfos are read for one answer.
    private static let readLimit = 300
    private static let concurrentReads = 16

    /// Makes the service.
    public init(
        metadata: any MetadataStore & ClosureStore, objects: any ObjectStore,
        storeDirectory: StoreDirectory = .standard, logger: Logger
    ) {
        self.metadata = metadata
        self.objects = objects
        self.storeDirectory = storeDirectory
        self.logger = logger
    }

    /// A page of the closures in byte order of their keys.
    ///
    /// A page of a search may have fewer closures than asked for, or none, and yet be followed by another: how much is
    /// looked at for one page is bounded.
    /// - Parameters:
    ///   - limit: how many at most, from 1 to ``pageLimit``.
    ///   - after: only keys after this one.
    ///   - search: only those whose store path holds this, in either case; empty for all.
    /// - Throws: ``CacheError`` of code `invalidRequest` for a limit or a search that is out of bounds.
    public func list(
        limit: Int, after: String = "", search: String = ""
    ) async throws(CacheError) -> ClosureListResponse {
        guard (1...ClosureService.pageLimit).contains(limit) else {
            throw CacheError(.invalidRequest, "limit must be between 1 and \(ClosureService.pageLimit).")
        }
        guard search.utf8.count <= ClosureService.searchLimit, after.utf8.count <= ClosureService.searchLimit else {
            throw CacheError(
                .invalidRequest, "search and after have at most \(ClosureService.searchLimit) bytes; shorten them.")
        }
        var found: [ClosureRecord] = []
        var position = after
        var next: String?
        var reads = 0
        repeat {
            let wanted = limit - found.count
            let records = try await metadata.closures(matching: search, after: position, limit: wanted)
            reads += records.count { $0.storePath == nil }
            found += try await named(records).filter { record in
                search.isEmpty || record.storePath?.lowercased().contains(search.lowercased()) == true
            }
            position = records.last?.key ?? position
            next = records.count == wanted ? position : nil
        } while next != nil && found.count < limit && reads < ClosureService.readLimit
        let sizes = try await metadata.closureSizes(found.map(\.key))
        return ClosureListResponse(
            closures: found.map { record in
                ClosureSummary(
                    id: record.key, storePath: record.storePath, updatedAt: record.updatedAt,
                    bytes: sizes[record.key] ?? 0)
            }, next: next)
    }

    /// Deletes a closure that no pin keeps.
    /// - Throws: ``CacheError``: `notFound` when there is none, `conflict` when a pin keeps it.
    public func remove(_ key: String) async throws(CacheError) {
        guard ObjectKey(validating: key)?.type == .narinfo else { throw .noClosure(key) }
        switch try await metadata.removeClosure(key) {
        case .removed: break
        case .unknown: throw .noClosure(key)
        case .pinned(let names):
            throw CacheError(
                .conflict, "The closure \(key) is kept by \(names.joined(separator: ", ")); delete that pin first.")
        }
    }

    /// Reads the store paths that are not known from narinfos, and keeps them.
    ///
    /// They are not known of a path that was in the cache already when it became the top of a closure.
    private func named(_ records: [ClosureRecord]) async throws(CacheError) -> [ClosureRecord] {
        let unnamed = records.filter { $0.storePath == nil }.map(\.key)
        guard !unnamed.isEmpty else { return records }
        let paths = try await concurrently(unnamed, limit: ClosureService.concurrentReads) { key throws(CacheError) in
            try await self.storePath(in: key)
        }
        let known = Dictionary(zip(unnamed, paths).lazy.compactMap { key, path in path.map { (key, $0) } }) { $1 }
        if !known.isEmpty { try await metadata.nameClosures(known) }
        return records.map { record in
            var record = record
            record.storePath = record.storePath ?? known[record.key]
            return record
        }
    }

    private func storePath(in key: String) async throws(CacheError) -> String? {
        let objects = objects
        let content = try await store { () throws(ObjectStoreError) in try await objects.content(of: key, range: nil) }
        guard let content, content.attributes.size <= NarInfo.defaultMaximumByteCount else { return nil }
        do {
            var bytes: [UInt8] = []
            for try await chunk in content.body { bytes += chunk }
            let narInfo = try NarInfo(parsing: bytes, storeDirectory: storeDirectory)
            return narInfo.storePath.path(in: storeDirectory)
        } catch {
            logger.warning("the narinfo of a closure cannot be read", metadata: ["key": "\(key)", "error": "\(error)"])
            return nil
        }
    }
}

extension CacheError {
    fileprivate static func noClosure(_ key: String) -> CacheError {
        CacheError(.notFound, "There is no closure \(key.prefix(256)); list the closures to see which there are.")
    }
}
