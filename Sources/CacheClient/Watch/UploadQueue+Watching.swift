internal import GRDB

extension UploadQueue {
    /// Up to which registration a store was looked through; nil when it never was.
    ///
    /// - Parameter store: The file of the store's database.
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    func position(in store: String) async throws(ClientError) -> Int64? {
        try await write { connection in
            try connection.execute(
                sql: "CREATE TABLE IF NOT EXISTS watched_store(database TEXT PRIMARY KEY, last_id INTEGER NOT NULL)")
            return try Int64.fetchOne(
                connection, sql: "SELECT last_id FROM watched_store WHERE database = ?", arguments: [store])
        }
    }

    /// Adds paths, and notes how far a store was looked through, both or neither. When this returns, it is durable.
    ///
    /// - Parameters:
    ///   - paths: Store paths.
    ///   - position: The number of the last registration that was looked at.
    ///   - store: The file of the store's database.
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    func add(_ paths: [String], upTo position: Int64, in store: String) async throws(ClientError) {
        try await write { connection in
            let statement = try connection.cachedStatement(
                sql: "INSERT OR IGNORE INTO upload_queue(store_path) VALUES (?)")
            for path in paths { try statement.execute(arguments: [path]) }
            try connection.execute(
                sql: """
                    INSERT INTO watched_store(database, last_id) VALUES (?, ?)
                    ON CONFLICT(database) DO UPDATE SET last_id = excluded.last_id
                    """, arguments: [store, position])
        }
    }
}
