import Subprocess

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

/// One of the scripts below `scripts/services`, with the directory of one service that it started.
struct ServiceScript: Sendable {
    let name: String
    let directory: String

    /// - Parameter name: the file's name below `scripts/services`.
    init(_ name: String) {
        self.name = name
        // Short, since the path of a socket has at most 107 bytes.
        directory = "/tmp/niks3-\(name)-\(UUID().uuidString.prefix(13))"
    }

    /// Runs one of the script's actions.
    ///
    /// - Returns: the last line that it printed.
    /// - Throws: ``ServiceFailure`` with what it said.
    @discardableResult
    func run(_ action: String, _ arguments: [String] = []) async throws -> String {
        let root = #filePath.dropLast("Tests/TestServices/ServiceScript.swift".count)
        let result = try await Subprocess.run(
            .path(FilePath(root + "scripts/services/" + name)), arguments: Arguments([action, directory] + arguments),
            output: .string(limit: 4096), error: .string(limit: 65_536))
        guard result.terminationStatus.isSuccess else {
            throw ServiceFailure(description: "scripts/services/\(name) \(action): \(result.standardError)")
        }
        return result.standardOutput.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }

    /// Starts the service, which the script ends as soon as this process is gone.
    func start() async throws -> String {
        try await run("start", [String(ProcessInfo.processInfo.processIdentifier)])
    }
}

/// A service that could not be started or stopped.
public struct ServiceFailure: Error, CustomStringConvertible {
    /// What its script said.
    public let description: String
}
