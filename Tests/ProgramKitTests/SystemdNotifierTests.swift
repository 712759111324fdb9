import ProgramKit
import TestServices
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
        let path = "/tmp/niks3-notify-\(getpid())"
        unlink(path)
        defer { unlink(path) }
        let socket = try NotifySocket(name: Array(path.utf8))
        SystemdNotifier(socketPath: path)?.notify("READY=1")
        #expect(socket.receive() == "READY=1")
    }

    @Test func sendsToAnAbstractName() throws {
        let name = "niks3-test-\(getpid())"
        let socket = try NotifySocket(name: [0] + Array(name.utf8))
        SystemdNotifier(socketPath: "@" + name)?.notify("STOPPING=1")
        #expect(socket.receive() == "STOPPING=1")
    }

    @Test func nobodyListens() {
        SystemdNotifier(socketPath: "/nowhere/socket")?.notify("READY=1")
        SystemdNotifier(socketPath: "/" + String(repeating: "x", count: 200))?.notify("READY=1")
    }
}
#endif
