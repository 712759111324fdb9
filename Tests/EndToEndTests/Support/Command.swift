import Foundation
import Subprocess
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// What a finished command left behind.
struct CommandOutput: Sendable {
    let command: [String]
    /// The exit code, or 128 + the signal that ended it.
    let status: Int
    let standardOutput: String
    let standardError: String

    /// Both streams and the command, for the message of a failed expectation.
    var transcript: String {
        "$ \(command.joined(separator: " "))\n\(standardOutput)\(standardError)[exit \(status)]"
    }

    /// The standard output without the newline at its end.
    var line: String { standardOutput.trimmingCharacters(in: .newlines) }
}

/// A command that should have succeeded and did not.
struct CommandFailure: Error, CustomStringConvertible {
    let output: CommandOutput
    var description: String { output.transcript }
}

/// A program with its environment, run to its end.
struct Command: Sendable {
    /// The program, by name or path, and its arguments.
    var words: [String]
    /// The whole environment; nothing is inherited.
    var environment: [String: String]
    var directory: String?

    var configuration: Configuration {
        Configuration(
            executable: words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .exactly(environment),
            workingDirectory: directory.map { FilePath($0) })
    }

    /// Runs it, while `body` watches the process (by its id), and returns what it printed.
    func run(
        watching body: @escaping @Sendable (_ processID: Int32) async throws -> Void = { _ in }
    ) async throws -> CommandOutput {
        let files = try TemporaryDirectory()
        defer { withExtendedLifetime(files) {} }
        let out = files.path + "/out"
        let err = files.path + "/err"
        let outFile = try FileDescriptor.open(
            FilePath(out), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        let errFile = try FileDescriptor.open(
            FilePath(err), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            configuration, input: .none,
            output: .fileDescriptor(outFile, closeAfterSpawningProcess: true),
            error: .fileDescriptor(errFile, closeAfterSpawningProcess: true)
        ) { execution in
            try await body(execution.processIdentifier.value)
        }
        return CommandOutput(
            command: words, status: result.terminationStatus.shellCode,
            standardOutput: try text(out), standardError: try text(err))
    }

    /// Runs it and throws its transcript unless it exits with 0.
    @discardableResult
    func succeed() async throws -> CommandOutput {
        let output = try await run()
        guard output.status == 0 else { throw CommandFailure(output: output) }
        return output
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}

extension Subprocess.Environment {
    /// These variables and no others. The bytes are handed to C as they are, so each ends with a zero.
    static func exactly(_ variables: [String: String]) -> Self {
        .custom(variables.map { name, value in Array("\(name)=\(value)\0".utf8) })
    }
}

extension TerminationStatus {
    /// The status as a shell reports it.
    var shellCode: Int {
        switch self {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }
}

/// A directory that goes when its owner does.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/niks3-test-" + UUID().uuidString.prefix(13)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A store's directories are read-only: make them writable, so that they can go.
        if (try? FileManager.default.removeItem(atPath: path)) == nil {
            let names = FileManager.default.enumerator(atPath: path)
            while let name = names?.nextObject() as? String {
                let full = path + "/" + name
                var status = stat()
                if lstat(full, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { chmod(full, 0o755) }
            }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Makes a directory in it and returns its path.
    func directory(_ name: String) throws -> String {
        let full = path + "/" + name
        try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
        return full
    }

    /// Writes a file in it and returns its path.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        let full = path + "/" + name
        try text.write(toFile: full, atomically: false, encoding: .utf8)
        return full
    }
}

/// The programs under test, as built beside the tests.
enum Programs {
    static let directory: String = {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((bundle ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
    }()
    static var niks3: String { directory + "/niks3" }
    static var server: String { directory + "/niks3-server" }
}

/// Tries `body` every 20 ms until it gives a value.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(20), _ body: () async throws -> Value?
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
