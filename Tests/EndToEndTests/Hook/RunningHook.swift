import CacheClient
import Dispatch
import Foundation
import GRDB
import Subprocess
import Synchronization
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

extension Programs {
    static var hook: String { directory + "/niks3-hook" }
}

/// The files of a `niks3-hook serve`, and the command lines around it.
struct HookFixture: Sendable {
    let nix: NixSandbox
    let socket: String
    let queue: String
    let token: String

    init(_ nix: NixSandbox) throws {
        self.nix = nix
        socket = nix.root.path + "/hook.sock"
        queue = nix.root.path + "/state/queue.db"
        token = try nix.root.file("hook-token", String(repeating: "x", count: 40))
    }

    /// A server that is not there.
    static let nowhere = "http://127.0.0.1:9"

    /// `niks3-hook serve` as services call it.
    func serve(_ flags: [String] = [], url: String = nowhere, tokenPath: String? = nil) -> Command {
        nix.command(
            [
                Programs.hook, "serve", "--socket", socket, "--db-path", queue, "--server-url", url,
                "--auth-token-path", tokenPath ?? token,
            ] + flags)
    }

    /// `niks3-hook send` as Nix calls it.
    func send(_ paths: [String], flags: [String]? = nil) -> Command {
        nix.command(
            [Programs.hook, "send"] + (flags ?? ["--socket", socket]),
            adding: ["OUT_PATHS": paths.joined(separator: " "), "DRV_PATH": "/nix/store/x.drv"])
    }

    /// Hands paths over and expects them to be taken.
    func sendAcknowledged(_ paths: [String]) async throws {
        let output = try await send(paths).succeed()
        #expect(output.standardError == "", "\(output.transcript)")
    }

    /// Hands a path over; whether it was acknowledged.
    func handOver(_ path: String) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let sender = HookSender(socketPath: socket, timeout: .seconds(5))
                continuation.resume(returning: (try? sender.send([path])) != nil)
            }
        }
    }

    /// Waits until the daemon listens.
    func listening() async throws {
        _ = try await eventually("a socket at \(socket)") {
            FileManager.default.fileExists(atPath: socket) ? true : nil
        }
    }

    /// What the Buildkite plugin reads.
    func waitingPaths() throws -> Int {
        let database = try DatabaseQueue(path: queue)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM upload_queue") } ?? -1
    }

    /// The paths in the queue.
    func paths() throws -> Set<String> {
        let database = try DatabaseQueue(path: queue)
        defer { try? database.close() }
        return Set(try database.read { try String.fetchAll($0, sql: "SELECT store_path FROM upload_queue") })
    }
}

/// A value that several tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        value.withLock { value in
            var copy = value
            defer { value = copy }
            return body(&copy)
        }
    }
}

/// A listening socket that is passed to a program as systemd does it.
final class ActivationLauncher: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0 && listen(descriptor, 16) == 0)
    }

    deinit { close(descriptor) }

    /// Runs a command with the socket as its descriptor 3, and returns its exit code.
    func run(
        _ command: Command, _ body: @escaping @Sendable (_ processID: Int32) async throws -> Void
    ) async throws -> Int {
        let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" \"$@\""
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(["-c", script] + command.words),
            environment: .exactly(command.environment),
            input: .fileDescriptor(FileDescriptor(rawValue: descriptor), closeAfterSpawningProcess: false),
            output: .discarded, error: .discarded
        ) { execution in
            try await body(execution.processIdentifier.value)
        }
        return result.terminationStatus.shellCode
    }
}
