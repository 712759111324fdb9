import CacheCore
import Synchronization

/// A file that is being written under a name of its own until it is whole. Every method blocks.
final class ObjectWriter: Sendable {
    private struct Progress {
        var digest = ContentDigest()
        var size: Int64 = 0
        var isOurs = true
    }

    /// The temporary name.
    let path: String

    private let file: OpenFile
    private let progress = Mutex(Progress())

    /// - Parameter path: the temporary name, which must not exist.
    init(path: String) throws(ObjectStoreError) {
        guard let file = try OpenFile.creating(path) else {
            throw ObjectStoreError(.unavailable, "\(FileTree.parent(of: path)) has vanished: restart the server.")
        }
        self.path = path
        self.file = file
    }

    deinit {
        discard()
    }

    var size: Int64 { progress.withLock { $0.size } }

    var etag: String { progress.withLock { $0.digest.etag } }

    func append(_ chunks: [[UInt8]]) throws(ObjectStoreError) {
        for chunk in chunks {
            try file.write(chunk, at: size)
            progress.withLock { progress in
                progress.size += Int64(chunk.count)
                progress.digest.append(chunk)
            }
        }
    }

    /// Copies a range of another file to the end; it does not count for the ETag.
    func append(_ range: Range<Int64>, of source: OpenFile) throws(ObjectStoreError) {
        try file.copy(range, of: source, to: size)
        progress.withLock { $0.size += Int64(range.count) }
    }

    /// Writes the attributes behind the content and returns once the device has all of it.
    func seal(_ attributes: ObjectAttributes) throws(ObjectStoreError) {
        try file.write(ObjectTrailer.encode(attributes), at: attributes.size)
        try file.synchronize()
    }

    /// Returns once the device has the content.
    func synchronize() throws(ObjectStoreError) {
        try file.synchronize()
    }

    /// Gives the file its name, replacing one that has it. From now on it is no longer this writer's.
    ///
    /// - Returns: `false` when the directory it should move to does not exist.
    func publish(as newPath: String) throws(ObjectStoreError) -> Bool {
        guard try FileTree.rename(path, to: newPath) else { return false }
        progress.withLock { $0.isOurs = false }
        return true
    }

    /// Removes the file unless it has been published.
    func discard() {
        let wasOurs = progress.withLock { progress in
            defer { progress.isOurs = false }
            return progress.isOurs
        }
        // What cannot be removed now is removed at the next start.
        if wasOurs { try? FileTree.remove(path) }
    }
}
