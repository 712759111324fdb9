import Subprocess
import CurlKit
import TestServices
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
/// The program as systemd starts and stops it.
@Suite(.timeLimit(.minutes(5))) struct SystemdTests {
    @Test func tellsSystemdWhatItDoes() async throws {
        try await withTemporaryDirectory { directory in
            let socket = try NotifySocket(name: Array((directory + "/notify").utf8))
            let end = try await ServerProcess.run(
                ["--http-addr", "127.0.0.1:0"],
                environment: [
                    "STATE_DIRECTORY": directory + "/state", "NOTIFY_SOCKET": directory + "/notify",
                    "WATCHDOG_USEC": "200000",
                ]
            ) { _ in
                try await socket.receive("READY=1")
                for _ in 0..<3 { try await socket.receive("WATCHDOG=1") }
            }
            try await socket.receive("STOPPING=1")
            #expect(end.status == .exited(0))
            #expect(end.log.contains(" stopped\n"))
        }
    }

    /// The script does what systemd does: the socket becomes descriptor 3 of the process that it names.
    static let launcher = """
        exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=niks3.socket exec "$0" "$@"
        """

    @Test func takesSocketsOver() async throws {
        try await withTemporaryDirectory { directory in
            let socket = try ListeningSocket(listens: true)
            let end = try await ServerProcess.run(
                ["--data-dir", directory + "/state", "--http-addr", "127.0.0.1:1"], standardInput: socket.descriptor,
                launcher: Self.launcher
            ) { server in
                let port = try await server.port()
                #expect(port == socket.port)
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(await connection.receiveAll().hasSuffix("\r\n\r\nOK"))
                }
            }
            #expect(end.status == .exited(0))
            // It is systemd's: who connects now waits for the next start.
            let waits = try await RawConnection.open(port: socket.port) { _ in true }
            #expect(waits)
        }
    }

    @Test func refusesWhatDoesNotListen() async throws {
        let socket = try ListeningSocket(listens: false)
        let end = try await ServerProcess.runToItsEnd(
            ["--data-dir", "/nowhere"], standardInput: socket.descriptor, launcher: Self.launcher)
        #expect(
            end.log == """
                niks3-server: descriptor 3 (niks3.socket) from systemd is no socket that listens for connections; set \
                ListenStream= and Accept=no in the socket's unit

                """)
        #expect(end.status == .exited(1))
    }

    @Test func leavesSocketsOfOthersAlone() async throws {
        try await withTemporaryDirectory { directory in
            let socket = try ListeningSocket(listens: true)
            let end = try await ServerProcess.run(
                ["--data-dir", directory + "/state", "--http-addr", "127.0.0.1:0"], standardInput: socket.descriptor,
                launcher: #"exec 3<&0 </dev/null; LISTEN_PID=1 LISTEN_FDS=1 exec "$0" "$@""#
            ) { server in
                let port = try await server.port()
                #expect(port != socket.port)
            }
            #expect(end.status == .exited(0))
        }
    }

    /// What has begun is finished, within 10 s.
    @Test(arguments: [true, false])
    func drains(requestEnds: Bool) async throws {
        try await withTemporaryDirectory { directory in
            let token = String(repeating: "t", count: 36)
            let stopped = ContinuousClock.now
            let end = try await ServerProcess.run(
                ["--data-dir", directory + "/state", "--http-addr", "127.0.0.1:0", "--api-token", token],
                isStopped: false
            ) { server in
                let port = try await server.port()
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(
                        "POST /api/objects/present HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                            + "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n")
                    try await connection.receive(until: "100 Continue\r\n\r\n")
                    server.signal(SIGTERM)
                    try await eventually("the end of accepting") {
                        let refused = try? await RawConnection.open(port: port) { _ in true }
                        return refused == nil ? () : nil
                    }
                    guard requestEnds else {
                        _ = await connection.receiveAll()
                        return
                    }
                    try await connection.send(#"{"keys":[]}"#)
                    let answer = await connection.receiveAll()
                    #expect(answer.contains("HTTP/1.1 200 OK\r\n"))
                    #expect(answer.hasSuffix(#"{"present":[]}"#))
                }
            }
            #expect(end.status == .exited(0))
            #expect(end.log.contains("not every request could be finished in time") == !requestEnds)
            #expect(stopped.duration(to: .now) < .seconds(60))
        }
    }
}

/// A TCP socket on the loopback as systemd opens it.
private final class ListeningSocket: Sendable {
    let descriptor: FileDescriptor
    let port: Int

    struct NoSocket: Error {}

    init(listens: Bool) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        descriptor = FileDescriptor(rawValue: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, size) == 0 && (!listens || listen(number, 128) == 0)
                    ? getsockname(number, $0, &size) : -1
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard status == 0 else { throw NoSocket() }
    }

    deinit { try? descriptor.close() }
}
#endif
