import CacheCore
import Synchronization

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

    /// Begins to read a chunk.
    func read(at offset: Int64, count: Int) -> Chunk {
        if offset + Int64(count) <= Int64(head.count) {
            let start = Int(offset)
            return Chunk(start == 0 && count == head.count ? head : Array(head[start..<start + count]))
        }
        let chunk = Chunk()
        pool.start { [file] in
            chunk.arrive(
                Result { () throws(ObjectStoreError) in
                    let bytes = try file.read(at: offset, count: count)
                    guard bytes.count == count else { throw .damaged(file.path) }
                    return bytes
                })
        }
        return chunk
    }

    /// Bytes that are being read. If nobody takes them, they go when they have been read.
    final class Chunk: Sendable {
        private enum State {
            case reading
            case awaited(CheckedContinuation<Result<[UInt8], ObjectStoreError>, Never>)
            case read(Result<[UInt8], ObjectStoreError>)
        }

        private let state: Mutex<State>

        fileprivate init() { state = Mutex(.reading) }

        fileprivate init(_ bytes: [UInt8]) { state = Mutex(.read(.success(bytes))) }

        fileprivate func arrive(_ result: Result<[UInt8], ObjectStoreError>) {
            let waiter: CheckedContinuation<Result<[UInt8], ObjectStoreError>, Never>? = state.withLock { state in
                defer { state = .read(result) }
                guard case .awaited(let waiter) = state else { return nil }
                return waiter
            }
            waiter?.resume(returning: result)
        }

        /// Waits for the bytes; once.
        func bytes() async throws(ObjectStoreError) -> [UInt8] {
            let result = await withCheckedContinuation { continuation in
                let result: Result<[UInt8], ObjectStoreError>? = state.withLock { state in
                    if case .read(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
            return try result.get()
        }
    }
}
