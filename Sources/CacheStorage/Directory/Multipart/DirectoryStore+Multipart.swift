public import CacheCore
import Synchronization

extension DirectoryStore {
    /// How much one job copies, in bytes, so that others get their turn.
    private static let copySize: Int64 = 64 << 20

    /// Begins a multipart upload, which outlasts a restart.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - contentType: what the object will be served with.
    ///   - maximumSize: the largest sum of all parts in bytes; parts beyond it are refused.
    /// - Returns: the upload's id, which cannot be guessed.
    public func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        _ = try ObjectPath(key)
        let id = Self.randomName()
        let upload = MultipartUpload(
            id: id, key: key, contentType: contentType, maximumSize: maximumSize, initiated: clock(),
            directory: "\(uploadsDirectory)/\(id)")
        let temporaryPath = temporaryPath()
        try await writing.run { () throws(ObjectStoreError) in
            try upload.create(at: temporaryPath)
            guard try FileTree.rename(temporaryPath, to: upload.directory) else { throw .noSuchUpload(key) }
        }
        try await sync.synchronize(uploadsDirectory)
        uploads.withLock { $0[id] = upload }
        return id
    }

    /// Writes a part that the server itself sends, and returns once it is on the device.
    public func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        let upload = try self.upload(uploadID, of: key)
        guard StoredPart.numbers.contains(partNumber) else {
            throw ObjectStoreError(.invalidPart, "Part \(partNumber) of \(key) cannot be: numbers go from 1 to 10000.")
        }
        let etag = try await writing.run { () throws(ObjectStoreError) in
            let reception = try PartReception(of: upload, number: partNumber, length: Int64(bytes.count))
            defer { reception.discard() }
            try reception.append([bytes])
            return try reception.finish()
        }
        return CompletedPart(partNumber: partNumber, etag: etag)
    }

    /// Puts the parts together and returns once the object is on the device under its key.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - uploadID: the upload's id.
    ///   - parts: the parts in any order; ETags with or without quotes.
    ///   - lease: when this may begin.
    /// - Throws: ``ObjectStoreError``: `noSuchUpload`, `invalidPart`, `tooLarge`, `expired`; the upload can be completed
    ///   again then.
    public func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        let path = try ObjectPath(key)
        guard clock() <= lease.validUntil else {
            throw ObjectStoreError(.expired, "The time in which \(key) could be put together is over: ask again.")
        }
        let upload = try self.upload(uploadID, of: key)
        let assembly = try await upload.close(with: parts)
        do throws(ObjectStoreError) {
            if let slotSize = assembly.slotSize {
                try await completeContent(of: upload, assembly, slotSize: slotSize, at: path)
            } else {
                try await copyParts(of: upload, assembly, to: path)
            }
        } catch {
            upload.reopen()
            throw error
        }
        uploads.withLock { $0[uploadID] = nil }
        try await makeDurable(path)
        // The object is there: what cannot be removed of the upload now is removed at the next start.
        try? await remove(upload)
    }

    /// Gives a multipart upload up, also while parts are being received. One that is unknown is no error.
    public func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        guard let upload = try? self.upload(uploadID, of: key) else { return }
        upload.abandon()
        try await remove(upload)
        try await sync.synchronize(uploadsDirectory)
        uploads.withLock { $0[uploadID] = nil }
    }

    /// Lists the parts that a multipart upload has.
    public func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        let parts = try upload(uploadID, of: key).state.withLock { Array($0.parts.values) }
            .filter { $0.number > after ?? 0 }
            .sorted { $0.number < $1.number }
        let limit = min(max(limit, 1), 1000)
        return PartPage(
            parts: parts.prefix(limit).map {
                PartPage.Entry(partNumber: $0.number, etag: $0.etag, size: $0.size)
            },
            hasMore: parts.count > limit)
    }

    /// Lists the multipart uploads under way, by key and id.
    public func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        let all = uploads.withLock { Array($0.values) }
            .filter { $0.key.utf8.starts(with: prefix.utf8) }
            .map { MultipartPage.Entry(key: $0.key, uploadID: $0.id, initiated: $0.initiated) }
            .filter { entry in after.map { Self.order(($0.key, $0.uploadID), (entry.key, entry.uploadID)) } ?? true }
            .sorted { Self.order(($0.key, $0.uploadID), ($1.key, $1.uploadID)) }
        let page = Array(all.prefix(min(max(limit, 1), 1000)))
        let next = all.count > page.count ? page.last : nil
        return MultipartPage(
            uploads: page, next: next.map { MultipartPage.Marker(key: $0.key, uploadID: $0.uploadID) })
    }

    /// The upload with an id, if it is one of this key.
    func upload(_ id: String, of key: String) throws(ObjectStoreError) -> MultipartUpload {
        guard MultipartUpload.isID(id), let upload = uploads.withLock({ $0[id] }),
            upload.key.utf8.elementsEqual(key.utf8)
        else {
            throw .noSuchUpload(key)
        }
        return upload
    }

    private static func order(_ left: (String, String), _ right: (String, String)) -> Bool {
        left.0 == right.0
            ? left.1.utf8.lexicographicallyPrecedes(right.1.utf8)
            : left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
    }

    /// Lets the content, which most parts are in already, become the object.
    private func completeContent(
        of upload: MultipartUpload, _ assembly: MultipartUpload.Assembly, slotSize: Int64, at path: ObjectPath
    ) async throws(ObjectStoreError) {
        let content = try await writing.run { () throws(ObjectStoreError) in
            try upload.forget(assembly.leftOut)
            guard let content = try OpenFile.updating(upload.contentPath) else { throw .noSuchUpload(upload.key) }
            return content
        }
        for part in assembly.parts where part.slotSize == nil {
            let source = upload.path(of: part)
            try await copy(part, at: source, of: upload) { (range, file) throws(ObjectStoreError) in
                try content.copy(range, of: file, to: part.offset(slotSize: slotSize) + range.lowerBound)
            }
        }
        try await writing.run { () throws(ObjectStoreError) in
            try content.truncate(to: assembly.size)
            let attributes = ObjectAttributes(
                size: assembly.size, etag: assembly.etag, lastModified: self.clock(),
                contentType: upload.contentType)
            try content.write(ObjectTrailer.encode(attributes), at: assembly.size)
            try content.synchronize()
            try self.name(path, until: .distantFuture) { (file) throws(ObjectStoreError) in
                try FileTree.rename(upload.contentPath, to: file)
            }
        }
    }

    /// Writes the object anew from parts of various sizes.
    private func copyParts(
        of upload: MultipartUpload, _ assembly: MultipartUpload.Assembly, to path: ObjectPath
    ) async throws(ObjectStoreError) {
        let temporaryPath = temporaryPath()
        let writer = try await writing.run { () throws(ObjectStoreError) in try ObjectWriter(path: temporaryPath) }
        do throws(ObjectStoreError) {
            for part in assembly.parts {
                let source = part.slotSize == nil ? upload.path(of: part) : upload.contentPath
                try await copy(part, at: source, of: upload) { (range, file) throws(ObjectStoreError) in
                    try writer.append(range, of: file)
                }
            }
            try await writing.run { () throws(ObjectStoreError) in
                _ = try self.publish(
                    writer, at: path, contentType: upload.contentType, contentEncoding: nil, etag: assembly.etag,
                    until: .distantFuture)
            }
        } catch {
            await writing.run { writer.discard() }
            throw error
        }
    }

    /// Calls a function, on the pool, with the ranges of a file that a part consists of, one after the other.
    private func copy(
        _ part: StoredPart, at path: String, of upload: MultipartUpload,
        with body: @escaping @Sendable (Range<Int64>, OpenFile) throws(ObjectStoreError) -> Void
    ) async throws(ObjectStoreError) {
        let start = part.slotSize.map { part.offset(slotSize: $0) } ?? 0
        let end = start + part.size
        let file = try await writing.run { () throws(ObjectStoreError) in
            guard let file = try OpenFile.reading(path) else { throw .noSuchUpload(upload.key) }
            return file
        }
        var position = start
        while position < end {
            let range = position..<min(position + Self.copySize, end)
            try await writing.run { () throws(ObjectStoreError) in try body(range, file) }
            position = range.upperBound
        }
    }

    private func remove(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        let temporaryPath = temporaryPath()
        try await writing.run { () throws(ObjectStoreError) in
            guard try FileTree.rename(upload.directory, to: temporaryPath) else { return }
            try FileTree.removeTree(temporaryPath)
        }
    }
}

extension Timestamp {
    /// Later than any instant.
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}
