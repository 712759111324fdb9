public import CacheCore
import Synchronization

extension DirectoryStore: ObjectStore {
    /// How often a directory that somebody else removes for being empty is made anew.
    private static let publishAttempts = 100

    /// How many directories are synchronised at once for one request.
    private static let concurrentSyncs = 16

    /// Writes an object whole, and returns once it is on the device under its key.
    ///
    /// - Throws: ``ObjectStoreError``: `expired` when the lease ended before the object got its name.
    public func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        let path = try ObjectPath(key)
        let temporaryPath = temporaryPath()
        try await writing.run { () throws(ObjectStoreError) in
            let writer = try ObjectWriter(path: temporaryPath)
            defer { writer.discard() }
            try writer.append([bytes])
            try self.publish(
                writer, at: path, contentType: contentType, contentEncoding: contentEncoding,
                until: lease.validUntil)
        }
        try await makeDurable(path)
    }

    /// Deletes objects, and returns once their names are gone from the device.
    ///
    /// - Returns: for each key `nil` when it is certainly gone, also when it never was, else why not.
    public func delete(
        _ keys: [String], lease: Lease
    ) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        var outcomes = await writing.run {
            var outcomes: [String: ObjectStoreError?] = [:]
            for key in keys {
                do throws(ObjectStoreError) {
                    try self.remove(key, until: lease.validUntil)
                    outcomes.updateValue(nil, forKey: key)
                } catch {
                    outcomes.updateValue(error, forKey: key)
                }
            }
            return outcomes
        }
        var byDirectory: [String: [String]] = [:]
        for case (let key, .none) in outcomes {
            guard let path = try? ObjectPath(key) else { continue }
            byDirectory[path.directory(depth: path.directories.count, in: objects), default: []].append(key)
        }
        for (directory, error) in await failedSyncs(of: Array(byDirectory.keys)) {
            for key in byDirectory[directory] ?? [] { outcomes.updateValue(error, forKey: key) }
        }
        return outcomes
    }

    /// Writes the attributes, waits for the device, and gives the file the name of its key. Blocks.
    ///
    /// - Parameters:
    ///   - writer: the whole content.
    ///   - path: where to.
    ///   - contentType: what the object is served with.
    ///   - contentEncoding: what the object is served with.
    ///   - etag: the ETag, where it is not that of the content as written.
    ///   - deadline: the last instant at which this may take effect.
    /// - Returns: the attributes as written.
    @discardableResult
    func publish(
        _ writer: ObjectWriter, at path: ObjectPath, contentType: String?, contentEncoding: String?,
        etag: String? = nil, until deadline: Timestamp
    ) throws(ObjectStoreError) -> ObjectAttributes {
        let attributes = ObjectAttributes(
            size: writer.size, etag: etag ?? writer.etag, lastModified: clock(), contentType: contentType,
            contentEncoding: contentEncoding)
        try writer.seal(attributes)
        try name(path, until: deadline) { (file) throws(ObjectStoreError) in try writer.publish(as: file) }
        return attributes
    }

    /// Makes the directories of a path and calls `rename` until they are there when it runs. Blocks.
    func name(
        _ path: ObjectPath, until deadline: Timestamp,
        _ rename: (String) throws(ObjectStoreError) -> Bool
    ) throws(ObjectStoreError) {
        let file = path.file(in: objects)
        for attempt in 0..<Self.publishAttempts {
            if attempt > 0 {
                try FileTree.makeDirectories(path.directory(depth: path.directories.count, in: objects))
            }
            guard clock() <= deadline else { throw .lateWrite(file) }
            if try rename(file) { return }
        }
        throw ObjectStoreError(.unavailable, "\(file) could not be written: its directory vanishes. Try again.")
    }

    private func remove(_ key: String, until deadline: Timestamp) throws(ObjectStoreError) {
        let path = try ObjectPath(key)
        let file = path.file(in: objects)
        guard clock() <= deadline else { throw .lateWrite(file) }
        try FileTree.remove(file)
        var depth = path.directories.count
        while depth > path.permanentDepth, FileTree.removeIfEmpty(path.directory(depth: depth, in: objects)) {
            depth -= 1
        }
    }

    /// Returns once the name of a file and of all directories it lies in are on the device.
    func makeDurable(_ path: ObjectPath) async throws(ObjectStoreError) {
        var depth = path.directories.count
        try await sync.synchronize(path.directory(depth: depth, in: objects))
        while depth > 0 {
            let directory = path.directory(depth: depth, in: objects)
            if depth <= path.permanentDepth, durableDirectories.withLock({ $0.contains(directory) }) { return }
            try await sync.synchronize(path.directory(depth: depth - 1, in: objects))
            depth -= 1
        }
        durableDirectories.withLock { durable in
            for depth in 1...max(1, path.permanentDepth) {
                durable.insert(path.directory(depth: depth, in: objects))
            }
        }
    }

    private func failedSyncs(of directories: [String]) async -> [(String, ObjectStoreError)] {
        await withTaskGroup(of: (String, ObjectStoreError)?.self) { group in
            var failures: [(String, ObjectStoreError)] = []
            for (index, directory) in directories.enumerated() {
                if index >= Self.concurrentSyncs, let finished = await group.next(), let failure = finished {
                    failures.append(failure)
                }
                group.addTask { [sync] in
                    do throws(ObjectStoreError) {
                        try await sync.synchronize(directory)
                        return nil
                    } catch {
                        return (directory, error)
                    }
                }
            }
            for await failure in group {
                if let failure { failures.append(failure) }
            }
            return failures
        }
    }
}

extension ObjectStoreError {
    /// A write or delete whose time was over just before it would have taken effect.
    static func lateWrite(_ path: String) -> ObjectStoreError {
        ObjectStoreError(.expired, "The time in which \(path) could be changed is over: renew the request.")
    }
}
