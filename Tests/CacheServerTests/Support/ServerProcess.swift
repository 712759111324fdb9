import Subprocess
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program `niks3-server`, as an operator starts it.
struct ServerProcess: Sendable {
    let processID: Int32
    private let logPath: String

    /// What it has printed so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    func signal(_ signal: Int32) { kill(processID, signal) }

    /// The port that it says it listens on.
    func port() async throws -> Int {
        try await eventually("the server's address") {
            guard isRunning else { throw ServerEnded(log: log) }
            return log.firstMatch(of: /NIKS3_SERVER_URL=https?:\/\/127\.0\.0\.1:([1-9][0-9]*)/).flatMap {
                Int($0.output.1)
            }
        }
    }

    /// How it ended, and what it printed.
    struct End: Sendable {
        let status: TerminationStatus
        let log: String
    }

    /// Starts it, and sends SIGTERM after `body`, unless it stops without.
    ///
    /// - Parameters:
    ///   - standardInput: what it has as standard input; nil for nothing.
    ///   - launcher: a script for `/bin/sh` that becomes the program by `exec "$0" "$@"`.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], standardInput: FileDescriptor? = nil,
        launcher: String = #"exec "$0" "$@""#, isStopped: Bool = true,
        _ body: @Sendable (ServerProcess) async throws -> Void = { _ in }
    ) async throws -> End {
        try await withTemporaryDirectory { directory in
            let logPath = directory + "/log"
            let log = try FileDescriptor.open(
                FilePath(logPath), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
            let input = try standardInput ?? FileDescriptor.open(FilePath("/dev/null"), .readOnly)
            let variables = ["PATH": "/usr/bin:/bin", "HOME": directory].merging(environment) { $1 }
            let outcome = try await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(["-c", launcher, program] + arguments),
                environment: .custom(variables.map { name, value in Array("\(name)=\(value)\0".utf8) }),
                input: .fileDescriptor(input, closeAfterSpawningProcess: standardInput == nil),
                output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log, closeAfterSpawningProcess: true)
            ) { execution in
                let server = ServerProcess(processID: execution.processIdentifier.value, logPath: logPath)
                do {
                    try await body(server)
                } catch {
                    Issue.record("the server's log:\n\(server.log)")
                    server.signal(SIGKILL)
                    throw error
                }
                if isStopped { server.signal(SIGTERM) }
            }
            return End(
                status: outcome.terminationStatus, log: try String(contentsOfFile: logPath, encoding: .utf8))
        }
    }

    /// Runs it until it ends by itself.
    static func runToItsEnd(
        _ arguments: [String], environment: [String: String] = [:], standardInput: FileDescriptor? = nil,
        launcher: String = #"exec "$0" "$@""#
    ) async throws -> End {
        try await run(
            arguments, environment: environment, standardInput: standardInput, launcher: launcher, isStopped: false
        ) { server in
            try await eventually("the server's end") {
                server.isRunning ? nil : ()
            }
        }
    }

    private var isRunning: Bool {
        let state = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? false
    }

    /// Built beside the tests.
    private static var program: String {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = FilePath(bundle ?? CommandLine.arguments[0])
        return path.removingLastComponent().appending("niks3-server").string
    }
}

struct ServerEnded: Error, CustomStringConvertible {
    let log: String
    var description: String { "the server ended:\n\(log)" }
}

/// Tries `body` every 20 ms until it gives a value.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(60), _ body: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await body() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TimeLimitReached(what: what)
}

struct TimeLimitReached: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain for \(what)" }
}
