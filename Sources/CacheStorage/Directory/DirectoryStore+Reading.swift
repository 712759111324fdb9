public import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension DirectoryStore {
    /// The largest file, in bytes, that is read at once when it is opened.
    private static let smallFile: Int64 = 64 << 10

    /// The room, in bytes, without which the store does not call itself ready.
    private static let minimumRoom: UInt64 = 1 << 20

    /// Looks for an object.
    ///
    /// - Returns: `nil` when there is none.
    public func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        let path = try ObjectPath(key).file(in: objects)
        return try await reading.run { () throws(ObjectStoreError) in
            guard let file = try OpenFile.reading(path) else { return nil }
            return try ObjectTrailer.read(from: file)
        }
    }

    /// Reads an object. What is being read stays whole when the object is replaced or deleted meanwhile.
    ///
    /// - Returns: `nil` when there is none; an empty range when none of the bytes asked for exist.
    public func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        let path = try ObjectPath(key).file(in: objects)
        let opened = try await reading.run { () throws(ObjectStoreError) -> (OpenFile, ObjectAttributes, [UInt8])? in
            guard let file = try OpenFile.reading(path) else { return nil }
            let length = try file.length()
            guard length <= Self.smallFile else {
                file.expectSequentialReading()
                return (file, try ObjectTrailer.read(from: file), [])
            }
            let bytes = try file.read(at: 0, count: Int(length))
            let tail = bytes.suffix(ObjectTrailer.maximumLength)
            guard let attributes = ObjectTrailer.decode(tail, fileLength: length) else { throw .damaged(path) }
            return (file, attributes, Array(bytes.prefix(Int(attributes.size))))
        }
        guard let (file, attributes, head) = opened else { return nil }
        let end = attributes.size
        let wanted = range.map { $0.resolved(size: end) ?? end..<end } ?? 0..<end
        let source = FileSource(file: file, head: head, pool: reading)
        return ObjectContent(
            attributes: attributes, range: wanted,
            body: FileContent(source: source, range: wanted, chunkSize: options.chunkSize))
    }

    /// Lists objects in byte order of their keys.
    public func list(
        prefix: String, after: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        let objects = objects
        let limit = min(max(limit, 1), 1000)
        return try await reading.run { () throws(ObjectStoreError) in
            var walk = ObjectWalk(root: objects, prefix: prefix, after: after)
            var page = ObjectPage(objects: [], hasMore: false)
            while let (key, path) = try walk.next() {
                guard page.objects.count < limit else {
                    page.hasMore = true
                    break
                }
                // A file that is gone by now was deleted meanwhile.
                guard let file = try OpenFile.reading(path) else { continue }
                let attributes = try ObjectTrailer.read(from: file)
                page.objects.append(
                    ObjectPage.Entry(key: key, size: attributes.size, lastModified: attributes.lastModified))
            }
            return page
        }
    }

    /// Checks that the directory can be written to and has room.
    ///
    /// - Throws: ``ObjectStoreError``: `insufficientStorage` when less than 1 MiB is free.
    public func check() async throws(ObjectStoreError) {
        let (root, path) = (root, temporaryPath())
        try await writing.run { () throws(ObjectStoreError) in
            var status = statvfs()
            guard statvfs(root, &status) == 0 else { throw .system(call: "examine", path: root) }
            let room = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
            guard room.overflow || room.partialValue >= Self.minimumRoom else {
                throw .system(call: "write", path: root, number: ENOSPC)
            }
            let probe = try ObjectWriter(path: path)
            defer { probe.discard() }
            try probe.append([[0]])
            try probe.synchronize()
        }
    }
}
