#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One connection to the daemon: a request comes, an answer goes, and that is all.
final class HookConnection {
    private enum State {
        case reading
        /// The request is whole and waits for its answer.
        case complete(HookRequest)
        case answering(ArraySlice<UInt8>)
        case ended
    }

    /// The descriptor.
    let descriptor: CInt
    /// When it is given up.
    private(set) var deadline: ContinuousClock.Instant
    private var state = State.reading
    private var scanner = JSONObjectScanner()
    private var bytes: [UInt8] = []

    /// Takes over a connection.
    ///
    /// - Parameters:
    ///   - descriptor: A descriptor that never blocks; it is closed with this object.
    ///   - deadline: When the connection is given up.
    init(descriptor: CInt, deadline: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.deadline = deadline
    }

    deinit { close(descriptor) }

    /// The request that waits for its answer.
    var request: HookRequest? {
        if case .complete(let request) = state { request } else { nil }
    }

    /// Whether nothing is left to do.
    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// What to poll for.
    var events: CInt {
        if case .answering = state { CInt(POLLOUT) } else { CInt(POLLIN) }
    }

    /// Gives the peer no longer than until an earlier deadline.
    func shorten(to deadline: ContinuousClock.Instant) { self.deadline = min(self.deadline, deadline) }

    /// Reads or writes what can be without waiting.
    ///
    /// - Parameter buffer: Some space to read into.
    func proceed(buffer: inout [UInt8]) {
        switch state {
        case .reading: read(into: &buffer)
        case .answering: write()
        case .complete, .ended: break
        }
    }

    /// Answers the request.
    func answer(_ reply: HookReply) {
        bytes = []
        state = .answering(reply.serialized[...])
        write()
    }

    /// Ends it, with an answer where the peer may still wait for one.
    func expire() {
        if case .reading = state, !bytes.isEmpty { answer(.invalidRequest) }
        state = .ended
    }

    private func read(into buffer: inout [UInt8]) {
        while true {
            switch UnixSocket.read(into: &buffer, from: descriptor) {
            case .moved(0):
                // A peer that only looked whether somebody listens gets no answer.
                if bytes.isEmpty { state = .ended } else { answer(.invalidRequest) }
                return
            case .moved(let count):
                guard take(buffer[..<count]) else { return }
            case .wait: return
            case .failed:
                state = .ended
                return
            }
        }
    }

    /// Takes bytes of the request; whether more are wanted.
    private func take(_ piece: ArraySlice<UInt8>) -> Bool {
        switch scanner.scan(piece) {
        case .incomplete:
            bytes += piece
            guard bytes.count > HookRequest.sizeLimit else { return true }
            answer(.error("the request has more than \(HookRequest.sizeLimit) bytes; send fewer paths at a time"))
        case .complete(let end):
            if let request = HookRequest(parsing: bytes + piece.prefix(end)) {
                bytes = []
                state = .complete(request)
            } else {
                answer(.invalidRequest)
            }
        case .invalid: answer(.invalidRequest)
        }
        return false
    }

    private func write() {
        guard case .answering(var rest) = state else { return }
        while !rest.isEmpty {
            switch UnixSocket.send(rest, to: descriptor) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .wait:
                state = .answering(rest)
                return
            case .failed:
                state = .ended
                return
            }
        }
        state = .ended
    }
}
