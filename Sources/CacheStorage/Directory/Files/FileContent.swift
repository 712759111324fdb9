import CacheCore

/// The bytes of a range of an open file, read as they are asked for. A file that is replaced or deleted meanwhile stays
/// readable.
struct FileContent: AsyncSequence, Sendable {
    let source: FileSource
    let range: Range<Int64>
    let chunkSize: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let source: FileSource
        var rest: Range<Int64>
        let chunkSize: Int

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            try Task.checkCancellation()
            let offset = rest.lowerBound
            let wanted = Int(Swift.min(Int64(chunkSize), Int64(rest.count)))
            let chunk = try await source.read(at: offset, count: wanted)
            rest = (offset + Int64(chunk.count))..<rest.upperBound
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source, rest: range, chunkSize: chunkSize)
    }
}
