import Logging
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct HookListenerTests {
    private static let ok = "{\"status\":\"ok\"}\n"
    private static let invalid = "{\"status\":\"error\",\"message\":\"invalid request\"}\n"

    /// Runs a listener that answers ok, around a test.
    private func withListener(
        limits: HookListener.Limits = HookListener.Limits(),
        answer: @escaping @Sendable ([HookRequest]) -> [HookReply] = { $0.map { _ in .ok } },
        _ test: @escaping @Sendable (_ path: String, HookListener) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/socket"
            let listener = try HookListener(
                socket: HookSocket(listeningAt: path), limits: limits, logger: Logger(label: "test"), answer: answer)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await listener.run() }
                defer { listener.stop() }
                try await test(path, listener)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("a request is answered as soon as it is whole, without a newline or an end")
    func answers() async throws {
        try await withListener { path, _ in
            for (request, reply) in [
                (#"{"paths":["/nix/store/a"]}"#, Self.ok), ("{\"paths\":[\"/nix/store/a\"]}\n", Self.ok),
                (#"{"paths":[]}"#, Self.ok), ("{}garbage", Self.ok), ("nonsense", Self.invalid), ("[]", Self.invalid),
                (#"{"paths":[1]}"#, Self.invalid), (#"{"paths" "x""#, Self.invalid),
            ] {
                let answer = try await HookPeer.ask(path, request)
                #expect(answer == reply, "\(request)")
            }
        }
    }

    @Test("a request may come in pieces, and one that ends too early is no request")
    func pieces() async throws {
        try await withListener { path, _ in
            let whole = try HookPeer(path)
            for piece in ["  {\"pa", "ths\":[\"/nix/st", "ore/a\"", "]", "}"] {
                whole.write(piece)
                try await Task.sleep(for: .milliseconds(5))
            }
            let cut = try HookPeer(path)
            cut.write("{\"paths\":[")
            cut.finish()
            let silent = try HookPeer(path)
            silent.finish()
            #expect(await whole.answer() == Self.ok)
            #expect(await cut.answer() == Self.invalid)
            #expect(await silent.answer() == "")
        }
    }

    @Test("a request is bounded")
    func tooLarge() async throws {
        try await withListener { path, _ in
            let reply = try await HookPeer.ask(
                path, "{\"x\":\"" + String(repeating: "x", count: HookRequest.sizeLimit + (64 << 10)))
            #expect(reply.contains("\"message\":\"the request has more than 1048576 bytes"))
        }
    }

    @Test("connections are bounded in number and time, and one that stalls holds nobody up for longer")
    func stalledConnections() async throws {
        var limits = HookListener.Limits()
        limits.connections = 2
        limits.time = .milliseconds(300)
        try await withListener(limits: limits) { path, listener in
            let stalled = try [HookPeer(path), HookPeer(path)]
            stalled[0].write("{")
            try await eventually { listener.idleSince == nil }
            #expect(try await HookPeer.ask(path, "{}") == Self.ok)
            #expect(await stalled[0].answer() == Self.invalid)
            #expect(await stalled[1].answer() == "")
            try await eventually { listener.idleSince != nil }
        }
    }

    @Test("who has connected before the end is still served")
    func stopping() async throws {
        try await withListener { path, listener in
            let early = try HookPeer(path)
            listener.stop()
            early.write("{}")
            #expect(await early.answer() == Self.ok)
            try await eventually { (try? HookPeer(path)) == nil }
        }
    }

    @Test("the file of a dead process is replaced; a living one and other files are not")
    func staleFiles() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/run/socket"
            try FileManager.default.createDirectory(atPath: directory + "/run", withIntermediateDirectories: true)
            do { _ = try SilentListener(path) }
            #expect(FileManager.default.fileExists(atPath: path))
            do {
                let socket = try HookSocket(listeningAt: path)
                let error = #expect(throws: ClientError.self) { try HookSocket(listeningAt: path) }
                #expect(error?.message == "Another process listens at \(path): stop it, or choose another --socket.")
                withExtendedLifetime(socket) {}
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            try "text".write(toFile: path, atomically: false, encoding: .utf8)
            let error = #expect(throws: ClientError.self) { try HookSocket(listeningAt: path) }
            #expect(error?.message == "\(path) is no socket: remove it, or choose another --socket.")
            #expect(throws: ClientError.self) {
                try HookSocket(listeningAt: directory + "/" + String(repeating: "x", count: 120))
            }
        }
    }

    @Test("a socket of somebody else keeps its file, and one that was replaced is not removed")
    func foreignFiles() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/socket"
            let owner = try SilentListener(path)
            do { _ = HookSocket(activated: dup(owner.descriptor)) }
            #expect(FileManager.default.fileExists(atPath: path))
            let other = directory + "/other"
            let socket = try HookSocket(listeningAt: other)
            unlink(other)
            try "new".write(toFile: other, atomically: false, encoding: .utf8)
            socket.close()
            #expect(FileManager.default.fileExists(atPath: other))
        }
    }
}

/// Waits until something is so.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("it did not come to be")
}
