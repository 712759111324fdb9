import Hummingbird
import NIOCore

/// The body of a request as chunks of bytes, read as fast as they are taken.
struct RequestBytes: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    let body: RequestBody
    let channel: any Channel

    init(_ request: Request, context: CacheRequestContext) {
        body = request.body
        channel = context.channel
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let channel: any Channel
        var isAnnounced = false

        @concurrent mutating func next() async throws -> [UInt8]? {
            if !isAnnounced {
                isAnnounced = true
                channel.triggerUserOutboundEvent(ConnectionGuard.BodyWanted(), promise: nil)
            }
            do {
                return try await base.next().map { Array(buffer: $0) }
            } catch {
                // The connection broke, or what came over it is no HTTP: either way there is no more of the body.
                throw APIError.incompleteBody
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: body.makeAsyncIterator(), channel: channel)
    }
}
