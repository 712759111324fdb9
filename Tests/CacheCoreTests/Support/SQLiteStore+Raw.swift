import CacheCore
import GRDB

@testable import CacheStorage

extension SQLiteStore {
    /// Runs SQL, to bring about what only a collection does.
    func execute(_ sql: String) async throws {
        try await write { try $0.execute(sql: sql) }
    }

    /// Sets the state of an object as a collection does.
    func set(_ key: String, to state: ObjectState, busyUntil: Timestamp = Timestamp(microseconds: 0)) async throws {
        let condemned = state == .condemned ? "1" : "NULL"
        try await execute(
            """
            INSERT INTO statistics (objects, bytes) SELECT
                (\(state.isPresent) - (state IN (1, 2))), (\(state.isPresent) - (state IN (1, 2))) * coalesce(size, 0)
                FROM objects WHERE key = '\(key)';
            UPDATE objects SET state = \(state.rawValue), condemned_at = \(condemned),
                busy_until = \(busyUntil.microseconds) WHERE key = '\(key)'
            """)
    }
}
