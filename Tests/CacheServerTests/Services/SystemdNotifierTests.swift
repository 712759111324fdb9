import CacheServer
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
@Suite struct SystemdNotifierTests {
    @Test(arguments: [nil, "", "relative"] as [String?])
    func withoutSystemd(path: String?) {
        #expect(SystemdNotifier(socketPath: path) == nil)
    }

    @Test func sendsToASocket() throws {
        try withTemporaryDirectory { directory throws in
            let socket = try Socket(name: Array((directory + "/notify").utf8))
            SystemdNotifier(socketPath: directory + "/notify")?.notify("READY=1")
            #expect(socket.receive() == "READY=1")
        }
    }

    @Test func sendsToAnAbstractName() throws {
        let name = "niks3-test-\(getpid())"
        let socket = try Socket(name: [0] + Array(name.utf8))
        SystemdNotifier(socketPath: "@" + name)?.notify("STOPPING=1")
        #expect(socket.receive() == "STOPPING=1")
    }

    @Test func nobodyListens() {
        SystemdNotifier(socketPath: "/nowhere/socket")?.notify("READY=1")
        SystemdNotifier(socketPath: "/" + String(repeating: "x", count: 200))?.notify("READY=1")
    }

    private final class Socket {
        private let descriptor: Int32

        init(name: [UInt8]) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let size = socklen_t(2 + name.count)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            try #require(status == 0)
        }

        deinit { close(descriptor) }

        func receive() -> String {
            var buffer = [UInt8](repeating: 0, count: 100)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
#endif
