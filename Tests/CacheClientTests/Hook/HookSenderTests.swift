import Logging
import Testing

@testable import CacheClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct HookSenderTests {
    /// What is at the other end.
    enum Daemon: CaseIterable {
        case absent, notAccepting, full, stalling, closing, babbling
    }

    @Test("whatever the daemon does, sending ends in time and says why", arguments: Daemon.allCases)
    func faults(daemon: Daemon) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/socket"
            let listener = daemon == .absent ? nil : try SilentListener(path, backlog: daemon == .full ? 0 : 8)
            let waiting = daemon == .full ? Array(0..<4).compactMap { _ in try? HookPeer(path) } : []
            let sender = HookSender(socketPath: path, timeout: .milliseconds(400))
            let start = ContinuousClock.now
            async let sent: ClientError? = BlockingWork.run {
                do throws(ClientError) { try sender.send(["/nix/store/a"]) } catch { return error }
                return nil
            }
            let peer = await behave(daemon, on: listener)
            let error = await sent
            #expect(error?.code == .unreachable)
            #expect(
                error?.message.hasPrefix("niks3-hook serve at \(path) \(reason(daemon))") == true, "\(error as Any)")
            #expect(ContinuousClock.now - start < .seconds(10))
            withExtendedLifetime((listener, waiting)) {}
            if let peer { close(peer) }
        }
    }

    private func reason(_ daemon: Daemon) -> String {
        switch daemon {
        case .absent: "cannot be reached (No such file or directory)"
        case .notAccepting, .full, .stalling: "did not answer within 0.4 s."
        case .closing: "closed the connection without an answer."
        case .babbling: "answered in a way that this version does not know"
        }
    }

    /// Behaves like a daemon; the connection stays open where one is returned.
    private func behave(_ daemon: Daemon, on listener: SilentListener?) async -> CInt? {
        guard let listener, [.stalling, .closing, .babbling].contains(daemon) else { return nil }
        return await BlockingWork.run {
            _ = Polling.wait(for: CInt(POLLIN), of: listener.descriptor, until: .now + .seconds(20))
            let peer = accept(listener.descriptor, nil, nil)
            UnixSocket.prepare(peer)
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = Polling.wait(for: CInt(POLLIN), of: peer, until: .now + .seconds(20))
            _ = UnixSocket.read(into: &buffer, from: peer)
            if daemon == .babbling { _ = UnixSocket.send(Array("HTTP/1.1 400 Bad Request\r\n".utf8), to: peer) }
            guard daemon == .closing else { return peer }
            close(peer)
            return nil
        }
    }

    @Test("a request that fills the socket's buffer gets through, and a refusal is told")
    func largeAndRefused() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/socket"
            let listener = try HookListener(socket: HookSocket(listeningAt: path), logger: Logger(label: "test")) {
                $0.map { $0.paths.count == 3000 ? .ok : .error("the disk is full") }
            }
            await withTaskGroup { group in
                group.addTask { await listener.run() }
                defer { listener.stop() }
                let sender = HookSender(socketPath: path, timeout: .seconds(20))
                let outcomes = await BlockingWork.run {
                    let paths = (0..<3000).map { "/nix/store/" + String(repeating: "x", count: 250) + "\($0)" }
                    return [paths, ["one"]].map { paths in
                        Result { () throws(ClientError) in try sender.send(paths) }
                    }
                }
                #expect(throws: Never.self) { try outcomes[0].get() }
                let error = #expect(throws: ClientError.self) { try outcomes[1].get() }
                #expect(error?.message == "niks3-hook serve at \(path) refused the paths: the disk is full")
            }
        }
    }
}
