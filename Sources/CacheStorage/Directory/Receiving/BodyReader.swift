/// Reads a body in batches that are worth a thread's while, and holds it to its length and limit.
struct BodyReader<Chunks: AsyncIteratorProtocol> where Chunks.Element == [UInt8] {
    private var chunks: Chunks
    private let length: Int64?
    private let limit: Int64
    private let batchSize: Int
    private var received: Int64 = 0

    /// - Parameters:
    ///   - chunks: the body.
    ///   - length: how long it must be, in bytes, if that was told.
    ///   - limit: how long it may be, in bytes.
    ///   - batchSize: how many bytes a batch has at least, the last one apart.
    init(_ chunks: Chunks, length: Int64?, limit: Int64, batchSize: Int) {
        self.chunks = chunks
        self.length = length
        self.limit = limit
        self.batchSize = batchSize
    }

    /// The next bytes; not to be called again after the last batch.
    mutating func next() async throws(StoreFailure) -> BodyBatch {
        var batch = BodyBatch()
        var size = 0
        while size < batchSize {
            let chunk: [UInt8]?
            do {
                try Task.checkCancellation()
                chunk = try await chunks.next(isolation: #isolation)
            } catch {
                // Whether the client went away or the server stops: the body will not be complete.
                throw .incompleteBody
            }
            guard let chunk else {
                guard length == nil || length == received else { throw .incompleteBody }
                batch.isLast = true
                return batch
            }
            if chunk.isEmpty { continue }
            received += Int64(chunk.count)
            guard received <= limit else { throw .tooLarge(limit: limit) }
            if let length, received > length { throw .incompleteBody }
            size += chunk.count
            batch.chunks.append(chunk)
        }
        return batch
    }
}
