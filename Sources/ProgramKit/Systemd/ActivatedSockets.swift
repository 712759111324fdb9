#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The sockets that systemd opened for the service and listens on (sd_listen_fds(3)).
public struct ActivatedSockets: Hashable, Sendable {
    /// Their descriptors, one at least; each is closed with what listens on it.
    public let descriptors: [Int32]

    /// The first descriptor that is passed.
    private static let start: Int32 = 3

    /// Takes the sockets over that the environment announces.
    ///
    /// - Parameters:
    ///   - environment: with LISTEN_PID, LISTEN_FDS and, to name sockets in messages, LISTEN_FDNAMES.
    ///   - processID: ours; sockets for other processes are left alone.
    /// - Returns: nil where there are none for us.
    /// - Throws: ``UsageError`` for a descriptor that is no socket which listens for connections.
    public init?(environment: [String: String], processID: Int32) throws(UsageError) {
        guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == processID,
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (1...1024).contains(count)
        else { return nil }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        descriptors = Array(Self.start..<(Self.start + count))
        for (index, descriptor) in descriptors.enumerated() {
            let name = index < names.count && !names[index].isEmpty ? " (\(names[index]))" : ""
            guard Self.listens(descriptor) else {
                throw UsageError(
                    "descriptor \(descriptor)\(name) from systemd is no socket that listens for connections; "
                        + "set ListenStream= and Accept=no in the socket's unit")
            }
            // Programs that we might start must not have it.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func listens(_ descriptor: Int32) -> Bool {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        return option(SO_TYPE, of: descriptor) == stream && option(SO_ACCEPTCONN, of: descriptor) == 1
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}
