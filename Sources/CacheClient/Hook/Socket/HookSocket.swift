internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The socket on which the hook's daemon listens.
public final class HookSocket: Sendable {
    /// Which file a path means.
    private struct FileIdentity: Equatable {
        var device: UInt64
        var number: UInt64

        init?(path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    /// The descriptor, which never blocks.
    let descriptor: CInt
    private let path: String?
    private let identity: FileIdentity?
    private let isClosed = Mutex(false)

    /// How many connections may wait to be accepted.
    private static let backlog: CInt = 128

    /// Takes over a socket that somebody else listens on for us, such as systemd; its file is never removed.
    ///
    /// - Parameter descriptor: The descriptor, which is closed with this object.
    public init(activated descriptor: Int32) {
        UnixSocket.prepare(descriptor)
        self.descriptor = descriptor
        path = nil
        identity = nil
    }

    /// Listens at a path. A directory that is missing is made, and a file that a dead process left is removed.
    ///
    /// - Parameter path: The path of the socket's file, which is removed when the socket is closed.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when the path is too long, is taken by another process
    ///   or is no socket, or `unreadablePath` when the file cannot be made.
    public init(listeningAt path: String) throws(ClientError) {
        try FileAccess.makeParentDirectories(of: path)
        try Self.removeStaleFile(at: path)
        let descriptor = UnixSocket.make()
        guard descriptor >= 0 else { throw FileAccess.failure("make the socket", path, errno) }
        let outcome: CInt
        do throws(ClientError) {
            outcome = try UnixSocket.withAddress(path) { bind(descriptor, $0, $1) }
        } catch {
            Self.close(descriptor)
            throw error
        }
        guard outcome == 0, listen(descriptor, Self.backlog) == 0 else {
            let code = errno
            Self.close(descriptor)
            throw FileAccess.failure("listen at", path, code)
        }
        self.descriptor = descriptor
        self.path = path
        identity = FileIdentity(path: path)
    }

    deinit { close() }

    /// Stops listening. Connections that wait are reset, unless somebody else holds the socket too.
    func close() {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        // Another process may have taken the path over by now.
        if let path, let identity, FileIdentity(path: path) == identity { unlink(path) }
        Self.close(descriptor)
    }

    /// The next connection that waits, as a descriptor that never blocks; nil when there is none.
    ///
    /// - Returns: The descriptor, or the error number of a failure.
    func accept() -> Result<CInt?, AcceptFailure> {
        while true {
            let connection = Self.accept(descriptor)
            if connection >= 0 {
                UnixSocket.prepare(connection)
                return .success(connection)
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN, EWOULDBLOCK: return .success(nil)
            default: return .failure(AcceptFailure(code: errno))
            }
        }
    }

    /// A connection could not be accepted.
    struct AcceptFailure: Error {
        let code: CInt
        var reason: String { String(cString: strerror(code)) }
    }

    /// Removes the file of a socket on which nobody listens any more.
    private static func removeStaleFile(at path: String) throws(ClientError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ClientError(.invalidArgument, "\(path) is no socket: remove it, or choose another --socket.")
        }
        let descriptor = UnixSocket.make()
        guard descriptor >= 0 else { throw FileAccess.failure("make a socket beside", path, errno) }
        defer { close(descriptor) }
        let code = try UnixSocket.withAddress(path) { connect(descriptor, $0, $1) == 0 ? 0 : errno }
        guard code == ECONNREFUSED || code == ENOENT else {
            throw ClientError(
                .invalidArgument, "Another process listens at \(path): stop it, or choose another --socket.")
        }
        unlink(path)
    }

    private static func accept(_ descriptor: CInt) -> CInt {
        #if canImport(Glibc)
        Glibc.accept(descriptor, nil, nil)
        #elseif canImport(Musl)
        Musl.accept(descriptor, nil, nil)
        #else
        Darwin.accept(descriptor, nil, nil)
        #endif
    }

    private static func close(_ descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}
