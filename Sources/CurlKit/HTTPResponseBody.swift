/// The body of a response as a sequence of chunks, to be iterated once.
///
/// The server is read from no faster than the chunks are taken. When the last copy of an unfinished body is gone, or
/// the task that reads it is cancelled, the transfer ends and its connection is closed.
public struct HTTPResponseBody: AsyncSequence, Sendable {
    /// A chunk is never empty.
    public typealias Element = [UInt8]

    /// Always an ``HTTPError``; written so that bodies can stand for any throwing sequence of chunks.
    public typealias Failure = any Error

    private enum Source: Sendable {
        case memory([UInt8])
        case transfer(TransferOwner)
    }

    private let source: Source
    private let url: RedactedURL?

    /// How long the body will be, in bytes, where the head says so.
    public let expectedLength: Int64?

    /// Makes a body of bytes that are here already.
    ///
    /// - Parameter bytes: the whole body.
    public init(bytes: [UInt8]) {
        source = .memory(bytes)
        url = nil
        expectedLength = Int64(bytes.count)
    }

    init(transfer: Transfer, expectedLength: Int64?) {
        source = .transfer(TransferOwner(transfer))
        url = transfer.url
        self.expectedLength = expectedLength
    }

    /// Reads what has not been read yet.
    ///
    /// - Parameter limit: the most bytes to hold.
    /// - Returns: all bytes of the body.
    /// - Throws: ``HTTPError``: `bodyTooLarge` when there are more than `limit`, else what ended the transfer.
    public func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] {
        let tooLarge = HTTPError(
            .bodyTooLarge, url: url,
            problem: "the response is larger than \(limit) bytes", remedy: "check that the address is the right one")
        if let expectedLength, expectedLength > Int64(limit) {
            if case .transfer(let owner) = source { owner.transfer.cancel() }
            throw tooLarge
        }
        var iterator = makeAsyncIterator()
        var collected: [UInt8] = []
        while let chunk = try await iterator.nextChunk() {
            guard collected.count + chunk.count <= limit else {
                if case .transfer(let owner) = source { owner.transfer.cancel() }
                throw tooLarge
            }
            if collected.isEmpty {
                collected = chunk
            } else {
                collected += chunk
            }
        }
        return collected
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .memory(let bytes): AsyncIterator(owner: nil, ready: bytes.isEmpty ? [] : [bytes])
        case .transfer(let owner): AsyncIterator(owner: owner, ready: [])
        }
    }

    /// Takes chunks one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let owner: TransferOwner?
        private var ready: FIFO<[UInt8]>

        fileprivate init(owner: TransferOwner?, ready: FIFO<[UInt8]>) {
            self.owner = owner
            self.ready = ready
        }

        /// The next chunk, or `nil` after the last.
        ///
        /// - Throws: ``HTTPError``, among others when the connection ends before the body does.
        public mutating func next() async throws -> [UInt8]? {
            try await nextChunk()
        }

        fileprivate mutating func nextChunk() async throws(HTTPError) -> [UInt8]? {
            if let chunk = ready.popFirst() { return chunk }
            guard let owner else { return nil }
            switch await owner.transfer.nextChunks() {
            case .chunks(let chunks):
                ready = chunks
                return ready.popFirst()
            case .end:
                return nil
            case .failure(let error):
                throw error
            }
        }
    }
}
