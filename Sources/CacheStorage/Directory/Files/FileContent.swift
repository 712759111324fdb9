import CacheCore

/// The bytes of a file, read on the threads of the store one chunk ahead of who takes them.
struct FileContent: AsyncSequence, Sendable {
    let source: FileSource
    let range: Range<Int64>
    let chunkSize: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let source: FileSource
        /// What is not taken yet, the chunk that is being read included.
        var rest: Range<Int64>
        let chunkSize: Int
        /// What is being read.
        var ahead: FileSource.Chunk?

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            try Task.checkCancellation()
            let chunk = try await (ahead ?? begin()).bytes()
            rest = (rest.lowerBound + Int64(chunk.count))..<rest.upperBound
            ahead = rest.isEmpty ? nil : begin()
            return chunk
        }

        private func begin() -> FileSource.Chunk {
            source.read(at: rest.lowerBound, count: Int(Swift.min(Int64(chunkSize), Int64(rest.count))))
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source, rest: range, chunkSize: chunkSize)
    }
}
