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

/// A real PostgreSQL that listens on a Unix socket only.
///
/// The script that starts it also ends it, as soon as this process is gone.
public actor PostgresService {
    /// The one that the tests of this process share, started by the first that asks.
    public static let shared = PostgresService()

    private let script = ServiceScript("postgres")
    private var starting: Task<String, any Error>?
    private var databases = 0

    /// A server of its own, for tests that stop it.
    public init() {}

    /// Makes a database.
    ///
    /// - Parameter template: the database whose contents it begins with, to which nobody may be connected; nil for
    ///   an empty one.
    /// - Returns: its connection string.
    public func database(copying template: String? = nil) async throws -> String {
        let server = try await connectionString()
        databases += 1
        let name = "test\(databases)"
        var statement = "CREATE DATABASE \(name)"
        if let template { statement += " TEMPLATE \(template)" }
        try await run(statement, connection: server)
        return "host=\(script.directory) user=postgres dbname=\(name)"
    }

    /// Runs a statement with psql.
    ///
    /// - Parameters:
    ///   - statement: SQL.
    ///   - connection: the connection string; nil for the database `postgres`.
    /// - Returns: the rows, with `|` between their columns, and a newline between them.
    @discardableResult
    public func run(_ statement: String, connection: String? = nil) async throws -> String {
        let server = try await connectionString()
        let result = try await Subprocess.run(
            .name("psql"),
            arguments: [
                "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set", "ON_ERROR_STOP=1", "--command",
                statement, connection ?? server,
            ], output: .string(limit: 1 << 20), error: .string(limit: 65_536))
        guard result.terminationStatus.isSuccess else {
            throw ServiceFailure(description: "psql: \(result.standardError)")
        }
        return result.standardOutput.trimmingNewline
    }

    /// Ends the server and its connections; the data stay.
    public func pause() async throws {
        try await script.run("pause")
    }

    /// Ends the server as a crash would.
    public func kill() async throws {
        try await script.run("kill")
    }

    /// Starts the server again.
    public func resume() async throws {
        try await script.run("resume")
    }

    /// Ends the server and removes its data.
    public func stop() async throws {
        try await script.run("stop")
    }

    /// The connection string of the database `postgres`; starts the server when it is asked first.
    private func connectionString() async throws -> String {
        if let starting { return try await starting.value }
        let task = Task { [script] in try await script.start() }
        starting = task
        return try await task.value
    }
}

extension String {
    /// Without the newline at its end.
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
