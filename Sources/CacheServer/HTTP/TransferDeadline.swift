import CoreMetrics
import Hummingbird
import NIOCore

/// Gives the reader of a response time in proportion to its size, and cuts the connection of one that takes longer.
struct TransferDeadline: Sendable {
    let limits: ConnectionLimits
    let channel: any Channel
    /// Counts the bytes that are sent.
    var sent: Counter?

    /// Bytes that are written before the event loop is waited for. Only it notices that a client does not keep up, and
    /// while it is busy writes would pile up on their way to it.
    private static let maximumUnseen = 128 << 10

    /// A response body of what `chunks` yields, written no faster than the client takes it.
    ///
    /// - Parameters:
    ///   - length: its bytes, where they are known. Chunks that come to another number fail the response, which
    ///     closes the connection: the client then knows that it has not got all of it.
    ///   - expectedBytes: the bytes that the client is given time for.
    func body(
        of chunks: any AsyncSequence<[UInt8], any Error> & Sendable, length: Int64?, expectedBytes: Int64
    ) -> ResponseBody {
        ResponseBody(contentLength: length.map { Int($0) }) { writer in
            let cut = channel.eventLoop.scheduleTask(in: TimeAmount(limits.allowedTime(forBytes: expectedBytes))) {
                channel.close(promise: nil)
            }
            defer { cut.cancel() }
            var written: Int64 = 0
            var unseen = 0
            for try await chunk in chunks {
                written += Int64(chunk.count)
                if let length, written > length { throw BodyLengthMismatch(expected: length, written: written) }
                try await writer.write(ByteBuffer(bytes: chunk))
                sent?.increment(by: chunk.count)
                unseen += chunk.count
                if unseen >= Self.maximumUnseen {
                    unseen = 0
                    try await channel.eventLoop.submit {}.get()
                }
            }
            if let length, written != length { throw BodyLengthMismatch(expected: length, written: written) }
            try await writer.finish(nil)
        }
    }
}

/// The store yielded another number of bytes than it had announced.
struct BodyLengthMismatch: Error, CustomStringConvertible {
    let expected: Int64
    let written: Int64

    var description: String { "the object store announced \(expected) bytes and sent \(written)" }
}
