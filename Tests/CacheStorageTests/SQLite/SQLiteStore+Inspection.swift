import CacheCore
import GRDB

@testable import CacheStorage

extension SQLiteStore {
    /// The settings of the connection that writes.
    func settings() async throws -> [String: String] {
        try await write { database in
            var found: [String: String] = [:]
            for name in ["journal_mode", "synchronous", "foreign_keys"] {
                found[name] = try String.fetchOne(database, sql: "PRAGMA \(name)")
            }
            return found
        }
    }

    /// Lets the file grow to so many pages only, as a full disk does.
    func limitPages(to count: Int) async throws {
        try await write { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
    }
}
