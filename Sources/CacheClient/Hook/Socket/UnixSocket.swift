#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The calls for stream sockets of the local machine, none of which waits.
enum UnixSocket {
    /// Makes a socket that never blocks and is not passed to child processes.
    ///
    /// - Returns: Its descriptor, or -1 with `errno` set.
    static func make() -> CInt {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        if descriptor >= 0 { prepare(descriptor) }
        return descriptor
    }

    /// Has a descriptor never block, and not be passed to child processes.
    static func prepare(_ descriptor: CInt) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        #if canImport(Darwin)
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<CInt>.size))
        #endif
    }

    /// Calls a function with the address of a path.
    ///
    /// - Parameters:
    ///   - path: The path of a socket.
    ///   - body: Is given the address.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when the path is longer than an address can be.
    static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws(ClientError) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // The last byte stays zero.
        let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard (1...limit).contains(bytes.count) else {
            throw ClientError(
                .invalidArgument, "The socket path \(path) is not between 1 and \(limit) bytes long: choose another.")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// What a call on a socket that never blocks came to.
    enum Outcome: Equatable {
        /// So many bytes were moved.
        case moved(Int)
        /// It would have had to wait.
        case wait
        case failed(CInt)
    }

    /// Sends what there is room for; a peer that is gone is an error and no signal.
    static func send(_ bytes: some Collection<UInt8>, to descriptor: CInt) -> Outcome {
        #if canImport(Darwin)
        let flags: CInt = 0
        #else
        let flags = CInt(MSG_NOSIGNAL)
        #endif
        let copy = Array(bytes)
        return outcome { copy.withUnsafeBytes { sendBytes(descriptor, $0.baseAddress, $0.count, flags) } }
    }

    /// Reads what is there; no bytes are the end.
    static func read(into buffer: inout [UInt8], from descriptor: CInt) -> Outcome {
        outcome { buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) } }
    }

    private static func outcome(_ call: () -> Int) -> Outcome {
        while true {
            let count = call()
            if count >= 0 { return .moved(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .wait
            default: return .failed(errno)
            }
        }
    }

    private static func sendBytes(
        _ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt
    ) -> Int {
        #if canImport(Glibc)
        Glibc.send(descriptor, bytes, count, flags)
        #elseif canImport(Musl)
        Musl.send(descriptor, bytes, count, flags)
        #else
        Darwin.send(descriptor, bytes, count, flags)
        #endif
    }
}
