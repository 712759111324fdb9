import Foundation
import Subprocess
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A `niks3-server` under test, with nothing configured but where it lives.
struct RunningServer: Sendable {
    let url: String
    let storage: ServerStorage
    let processID: Int32
    /// The file that its log goes to.
    let logPath: String
    /// Who vouches for its certificate; nil where it speaks without TLS.
    let authority: String?

    var tokenPath: String { storage.tokenPath }
    var port: Int { Int(url.split(separator: ":").last ?? "") ?? 0 }
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// The public key in the way nix.conf takes it.
    func publicKey() async throws -> String {
        struct Config: Decodable { let public_keys: [String] }
        let config = try JSONDecoder().decode(Config.self, from: try await get("/api/cache-config"))
        return try #require(config.public_keys.first)
    }

    /// What the server answers to a GET.
    func get(_ path: String) async throws -> Data {
        let output = try await Command(
            words: ["curl", "--silent", "--fail"] + (authority.map { ["--cacert", $0] } ?? []) + [url + path],
            environment: [
                "PATH": "/usr/bin:/bin"
            ]
        ).succeed()
        return Data(output.standardOutput.utf8)
    }

    /// Sends it a signal.
    func signal(_ signal: Int32) { kill(processID, signal) }

    /// Whether a process of ours is over, though nobody has asked for its status yet.
    private static func hasEnded(_ processID: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        return status?.contains(") Z ") ?? true
    }

    /// Starts a server on `storage`, waits until it answers, and stops it after `body`.
    static func run<Result: Sendable>(
        for nix: NixSandbox, on storage: ServerStorage, port: Int = 0, arguments: [String] = [],
        environment: [String: String] = [:], authority: String? = nil, under circumstances: Circumstances = .usual,
        _ body: @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        let logs = try TemporaryDirectory()
        defer { withExtendedLifetime(logs) {} }
        let log = logs.path + "/log"
        let descriptor = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))]
        let command = circumstances.command(
            "niks3-server", storage.arguments + ["--http-addr", "127.0.0.1:\(port)"] + arguments,
            environment: nix.environment.merging(environment) { $1 })
        var configuration = command.configuration
        configuration.platformOptions = platform
        let outcome = try await Subprocess.run(
            configuration, input: .none,
            output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
            error: .fileDescriptor(descriptor, closeAfterSpawningProcess: true)
        ) { execution in
            let processID = execution.processIdentifier.value
            let url = try await eventually("the server's address in \(log)") { () -> String? in
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                if hasEnded(processID) { throw ServerEnded(log: text) }
                return text.firstMatch(of: /NIKS3_SERVER_URL=(https?:\/\/127\.0\.0\.1:[1-9][0-9]*)/).map {
                    String($0.1)
                }
            }
            let server = RunningServer(
                url: url, storage: storage, processID: processID, logPath: log, authority: authority)
            _ = try await eventually("\(url)/readyz") { try? await server.get("/readyz") }
            do {
                let result = try await body(server)
                kill(processID, SIGTERM)
                return result
            } catch {
                Issue.record("the server's log:\n\(server.log)")
                throw error
            }
        }
        return outcome.closureResult
    }
}

extension RunningServer {
    /// Starts several servers on the same storage at the same moment, and stops them after `body`.
    static func runReplicas<Result: Sendable>(
        _ count: Int, for nix: NixSandbox, on storage: ServerStorage, environment: [String: String] = [:],
        _ body: @escaping @Sendable ([RunningServer]) async throws -> Result
    ) async throws -> Result {
        let (started, start) = AsyncStream<RunningServer>.makeStream()
        let ends = (0..<count).map { _ in AsyncStream<Never>.makeStream() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            for end in ends {
                group.addTask {
                    try await run(for: nix, on: storage, environment: environment) { server in
                        start.yield(server)
                        for await _ in end.stream {}
                    }
                    return nil
                }
            }
            group.addTask {
                defer { for end in ends { end.continuation.finish() } }
                var servers: [RunningServer] = []
                for await server in started {
                    servers.append(server)
                    if servers.count == count { return try await body(servers) }
                }
                throw CancellationError()
            }
            var result: Result?
            for try await outcome in group { result = outcome ?? result }
            guard let result else { throw CancellationError() }
            return result
        }
    }
}

struct ServerEnded: Error, CustomStringConvertible {
    let log: String
    var description: String { "the server ended:\n\(log)" }
}

extension NixSandbox {
    /// `niks3 push` to `server`, as a user calls it.
    func push(_ paths: [String], to server: RunningServer, flags: [String] = []) -> Command {
        push(paths, url: server.url, tokenPath: server.tokenPath, flags: flags)
    }

    /// The same, to a server that may not be there at the moment.
    func push(_ paths: [String], url: String, tokenPath: String, flags: [String] = []) -> Command {
        command(
            [Programs.niks3, "push"] + flags + paths,
            adding: ["NIKS3_SERVER_URL": url, "NIKS3_AUTH_TOKEN_FILE": tokenPath])
    }
}
