internal import GRDB

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The store paths that wait to be pushed, in an SQLite file that survives crashes and power cuts.
///
/// Other programs read the file, and files of earlier versions are taken over: the table and its columns stay as they are.
public final class UploadQueue: Sendable {
    /// The file.
    public let path: String
    private let database: DatabaseQueue

    /// Opens the queue, and makes it where there is none.
    ///
    /// - Parameter path: The file; a directory that is missing is made.
    /// - Throws: ``ClientError`` with the code `queueFailed` when the file cannot be opened or is something else, or
    ///   `unreadablePath` when its directory cannot be made.
    public init(path: String) throws(ClientError) {
        self.path = path
        try FileAccess.makeParentDirectories(of: path)
        var configuration = Configuration()
        configuration.label = "niks3.hook.queue"
        configuration.busyMode = .timeout(5)
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { connection in
                try connection.execute(
                    sql: """
                        PRAGMA journal_mode = WAL;
                        -- A commit is on the disk when it returns, also when the power fails.
                        PRAGMA synchronous = FULL;
                        CREATE TABLE IF NOT EXISTS upload_queue(
                            store_path TEXT PRIMARY KEY,
                            created_at DATETIME NOT NULL DEFAULT (datetime('now'))
                        );
                        """)
                // A table that somebody else made is not to fail at the first path only.
                _ = try connection.makeStatement(sql: "SELECT store_path, created_at FROM upload_queue")
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Closes the file. Later calls fail.
    public func close() throws(ClientError) {
        do { try database.close() } catch { throw Self.failure(error, path) }
    }

    /// Adds paths that are not there yet. When this returns, they are durable. The calling thread waits.
    ///
    /// - Parameter paths: Store paths.
    /// - Throws: ``ClientError`` with the code `queueFailed`; then none is added.
    public func add(_ paths: some Sequence<String>) throws(ClientError) {
        do {
            try database.write { connection in
                let statement = try connection.cachedStatement(
                    sql: "INSERT OR IGNORE INTO upload_queue(store_path) VALUES (?)")
                for path in paths { try statement.execute(arguments: [path]) }
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// The paths that came first.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - excluded: Paths that are passed over.
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    public func first(_ limit: Int, excluding excluded: [String] = []) async throws(ClientError) -> [String] {
        let list = try Self.list(excluded)
        return try await read { connection in
            try String.fetchAll(
                connection,
                sql: """
                    SELECT store_path FROM upload_queue
                    WHERE store_path NOT IN (SELECT value FROM json_each(?)) ORDER BY rowid LIMIT ?
                    """, arguments: [list, limit])
        }
    }

    /// Takes paths out; those that are not there do not matter.
    ///
    /// - Parameter paths: Store paths.
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    public func remove(_ paths: [String]) async throws(ClientError) {
        let list = try Self.list(paths)
        try await write { connection in
            try connection.execute(
                sql: "DELETE FROM upload_queue WHERE store_path IN (SELECT value FROM json_each(?))",
                arguments: [list])
        }
    }

    /// How many paths wait.
    ///
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    public func count() async throws(ClientError) -> Int {
        try await read { connection in
            try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM upload_queue") ?? 0
        }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ClientError) -> Value {
        do { return try await database.read(body) } catch { throw Self.failure(error, path) }
    }

    /// Changes something in a transaction of its own; when this returns, it is durable.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ClientError) -> Value {
        do { return try await database.write(body) } catch { throw Self.failure(error, path) }
    }

    /// A setting of the connection, by the name of its pragma.
    func pragma(_ name: String) async throws(ClientError) -> Int? {
        try await read { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// A list as the one argument of a statement.
    private static func list(_ paths: [String]) throws(ClientError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(paths), as: UTF8.self)
        } catch {
            throw ClientError(wrapping: error)
        }
    }

    private static func failure(_ error: any Error, _ path: String) -> ClientError {
        if error is CancellationError { return .cancelled }
        guard let error = error as? DatabaseError else {
            return ClientError(.queueFailed, "The queue \(path) failed: \(error).", cause: error)
        }
        let reason = error.message ?? "code \(error.extendedResultCode.rawValue)"
        let remedy =
            switch error.resultCode {
            case .SQLITE_FULL: "free some space on its disk"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "end the program that keeps it locked"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: "it is damaged or no queue: move it away, and a new one is made"
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY: "check its directory and the owner"
            case .SQLITE_ERROR: "it is no queue: choose another --db-path"
            default: "check the disk"
            }
        return ClientError(.queueFailed, "The queue \(path) cannot be used (\(reason)): \(remedy).", cause: error)
    }
}
