/// What a request sends after its head.
public enum HTTPRequestBody: Sendable {
    /// Nothing. Methods that usually have a body say `Content-Length: 0`.
    case none

    /// Bytes that are in memory.
    case bytes([UInt8])

    /// Chunks that are made while they are sent, no faster than the network takes them.
    ///
    /// - Parameters:
    ///   - length: how many bytes there will be; another number fails the request. `nil` sends them in chunks over
    ///     HTTP/1.1, which S3 does not take.
    ///   - makeStream: makes the sequence, once for each time that the request is executed.
    case stream(length: Int64?, _ makeStream: @Sendable () -> any AsyncSequence<[UInt8], any Error>)
}
