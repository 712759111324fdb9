#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Hands paths over to the hook's daemon, in bounded time whatever the daemon does.
public struct HookSender: Sendable {
    /// The socket of the daemon.
    public let socketPath: String
    /// How long connecting, sending and the answer may take together.
    public let timeout: Duration

    /// How long to wait where a full queue of connections gives nothing to wait for.
    private static let pause: CInt = 20

    /// Makes a sender.
    ///
    /// - Parameters:
    ///   - socketPath: The socket of the daemon.
    ///   - timeout: How long everything may take together.
    public init(socketPath: String, timeout: Duration) {
        self.socketPath = socketPath
        self.timeout = timeout
    }

    /// The paths that Nix has built.
    ///
    /// Nix 2.8 calls its hook with an empty `OUT_PATHS`; the paths are then those that the derivation names.
    ///
    /// - Parameters:
    ///   - outPaths: The value of `OUT_PATHS`: paths with white space between them.
    ///   - derivation: The value of `DRV_PATH`, where there is one.
    /// - Throws: ``ClientError`` with the code `unreadablePath` when the derivation has to be read and cannot be.
    public static func paths(outPaths: String, derivation: String?) throws(ClientError) -> [String] {
        let paths = outPaths.split(whereSeparator: \.isWhitespace).map(String.init)
        guard paths.isEmpty, let derivation else { return paths }
        return try DerivationFile.outputs(ofFile: derivation) ?? []
    }

    /// Hands paths over. The calling thread waits.
    ///
    /// - Parameter paths: Store paths.
    /// - Throws: ``ClientError`` with the code `unreachable` when there is no daemon or it does not answer in time, or
    ///   `rejected` when it refuses.
    public func send(_ paths: [String]) throws(ClientError) {
        let deadline = ContinuousClock.now + timeout
        let descriptor = UnixSocket.make()
        guard descriptor >= 0 else { throw failure("cannot be reached", errno) }
        defer { close(descriptor) }
        try connect(descriptor, until: deadline)
        try write(HookRequest(paths: paths).serialized, to: descriptor, until: deadline)
        guard case .error(let message) = try reply(from: descriptor, until: deadline) else { return }
        throw ClientError(.rejected, "niks3-hook serve at \(socketPath) refused the paths: \(message)")
    }

    private func connect(_ descriptor: CInt, until deadline: ContinuousClock.Instant) throws(ClientError) {
        while true {
            let code = try UnixSocket.withAddress(socketPath) {
                Self.connect(descriptor, $0, $1) == 0 ? 0 : errno
            }
            switch code {
            case 0, EISCONN: return
            case EINTR: continue
            case EINPROGRESS, EALREADY:
                guard Polling.wait(for: CInt(POLLOUT), of: descriptor, until: deadline) else { throw timedOut }
            case EAGAIN:
                // Too many connections wait to be accepted, and nothing tells when there is room.
                guard ContinuousClock.now < deadline else { throw timedOut }
                poll(nil, 0, Self.pause)
            default: throw failure("cannot be reached", code)
            }
        }
    }

    private func write(
        _ bytes: [UInt8], to descriptor: CInt, until deadline: ContinuousClock.Instant
    ) throws(ClientError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch UnixSocket.send(rest, to: descriptor) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .wait:
                guard Polling.wait(for: CInt(POLLOUT), of: descriptor, until: deadline) else { throw timedOut }
            // It may have answered before it had read everything.
            case .failed(EPIPE): return
            case .failed(let code): throw failure("broke the connection", code)
            }
        }
    }

    private func reply(
        from descriptor: CInt, until deadline: ContinuousClock.Instant
    ) throws(ClientError) -> HookReply {
        var scanner = JSONObjectScanner()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < HookReply.sizeLimit {
            switch UnixSocket.read(into: &buffer, from: descriptor) {
            case .moved(0): throw unreachable("closed the connection without an answer")
            case .moved(let count):
                switch scanner.scan(buffer[..<count]) {
                case .incomplete: bytes += buffer[..<count]
                case .complete(let end):
                    guard let reply = HookReply(parsing: bytes + buffer[..<end]) else { throw unknownAnswer }
                    return reply
                case .invalid: throw unknownAnswer
                }
            case .wait:
                guard Polling.wait(for: CInt(POLLIN), of: descriptor, until: deadline) else { throw timedOut }
            case .failed(let code): throw failure("broke the connection", code)
            }
            guard ContinuousClock.now < deadline else { throw timedOut }
        }
        throw unknownAnswer
    }

    // MARK: - Errors

    private var timedOut: ClientError {
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds) / 1e18
        return unreachable("did not answer within \(seconds) s")
    }

    private var unknownAnswer: ClientError {
        unreachable("answered in a way that this version does not know; use the same version for both")
    }

    private func failure(_ what: String, _ code: CInt) -> ClientError {
        unreachable("\(what) (\(String(cString: strerror(code)))); check that it runs and that the path is right")
    }

    private func unreachable(_ what: String) -> ClientError {
        ClientError(.unreachable, "niks3-hook serve at \(socketPath) \(what).")
    }

    private static func connect(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> CInt {
        #if canImport(Glibc)
        Glibc.connect(descriptor, address, size)
        #elseif canImport(Musl)
        Musl.connect(descriptor, address, size)
        #else
        Darwin.connect(descriptor, address, size)
        #endif
    }
}
