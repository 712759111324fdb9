import CacheCore

/// A file that is open for reading, and the threads to read it on.
final class FileSource: Sendable {
    private let file: OpenFile
    private let pool: BlockingPool

    /// The first bytes of the file, which were read when it was opened.
    private let head: [UInt8]

    init(file: OpenFile, head: [UInt8], pool: BlockingPool) {
        self.file = file
        self.head = head
        self.pool = pool
    }

    deinit {
        // Closing the last descriptor of a deleted file frees its blocks, which can take a while.
        pool.start { [file] in _ = file }
    }

    func read(at offset: Int64, count: Int) async throws(ObjectStoreError) -> [UInt8] {
        if offset + Int64(count) <= Int64(head.count) {
            let start = Int(offset)
            return start == 0 && count == head.count ? head : Array(head[start..<start + count])
        }
        let file = file
        let bytes = try await pool.run { () throws(ObjectStoreError) in try file.read(at: offset, count: count) }
        guard bytes.count == count else { throw .damaged(file.path) }
        return bytes
    }
}
