import CacheCore
import HTTPTypes
import Hummingbird
import Logging

/// A JSON text that is written while it is sent.
struct LongText<Chunks: AsyncSequence & Sendable>: Sendable
where Chunks.Element == [UInt8], Chunks.AsyncIterator: Sendable {
    private let chunks: Chunks
    private let share: BodyShare

    /// - Parameter share: what is held until the text is sent.
    init(_ chunks: Chunks, holding share: BodyShare) {
        self.chunks = chunks
        self.share = share
    }

    /// The response that sends the text.
    ///
    /// What fails before the second chunk gives the answer that belongs to the error. What fails later ends the
    /// connection before the text is whole, so that nobody takes it for the answer.
    ///
    /// - Parameter expectedBytes: about how long the text is; the client is given time in proportion.
    /// - Throws: what the first chunks fail with.
    func response(
        deadline: TransferDeadline, expectedBytes: Int64, logger: Logger
    ) async throws -> Response {
        var iterator = chunks.makeAsyncIterator()
        let first = try await iterator.next() ?? []
        let second = try await iterator.next()
        let headers: HTTPFields = [.contentType: "application/json"]
        guard let second else {
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: first)))
        }
        let rest = Remainder(begun: [second, first], rest: iterator, share: share, logger: logger)
        return Response(
            status: .ok, headers: headers,
            body: deadline.body(of: rest, length: nil, expectedBytes: expectedBytes))
    }

    /// The chunks that were taken already, and then the others.
    private struct Remainder: AsyncSequence, AsyncIteratorProtocol, Sendable {
        /// The last one comes first.
        var begun: [[UInt8]]
        var rest: Chunks.AsyncIterator
        let share: BodyShare
        let logger: Logger

        func makeAsyncIterator() -> Remainder { self }

        mutating func next() async throws -> [UInt8]? {
            if let chunk = begun.popLast() { return chunk }
            do {
                return try await rest.next()
            } catch {
                logger.error("an answer was broken off", metadata: ["error": "\(error)"])
                throw error
            }
        }
    }
}
