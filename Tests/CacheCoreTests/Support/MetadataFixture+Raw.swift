import CacheCore
import GRDB
import TestServices

@testable import CacheStorage

extension MetadataFixture {
    /// Runs SQL, to bring about what only a collection does.
    func execute(_ sql: String) async throws {
        if let connection {
            try await PostgresService.shared.run("SET search_path = niks3; " + sql, connection: connection)
        } else if let store = store as? SQLiteStore {
            try await store.write { try $0.execute(sql: sql) }
        }
    }

    /// Sets the state of an object as a collection does.
    func set(_ key: String, to state: ObjectState, busyUntil: Timestamp = Timestamp(microseconds: 0)) async throws {
        let condemned = state == .condemned ? "1" : "NULL"
        let sign = "\(state.isPresent ? 1 : 0) - (CASE WHEN state IN (1, 2) THEN 1 ELSE 0 END)"
        try await execute(
            """
            INSERT INTO statistics (objects, bytes) SELECT \(sign), (\(sign)) * coalesce(size, 0)
                FROM objects WHERE key = '\(key)';
            UPDATE objects SET state = \(state.rawValue), condemned_at = \(condemned),
                busy_until = \(busyUntil.microseconds) WHERE key = '\(key)'
            """)
    }

    /// Adds objects that were condemned long ago, whose bytes nobody ever sent.
    func addCondemned(_ count: Int) async throws {
        let numbers =
            switch kind {
            case .sqlite:
                "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) SELECT i FROM n)"
            case .postgres: "(SELECT i FROM generate_series(1, \(count)) AS i)"
            }
        // Numbers of their own, as those of other objects are taken one after the other.
        try await execute(
            """
            INSERT INTO objects (id, key, state, condemned_at)
            SELECT 1000000 + i, 'nar/' || i || '.nar.zst', 2, 1 FROM \(numbers) AS n;
            INSERT INTO statistics (objects, bytes) VALUES (\(count), 0)
            """)
    }

    /// Says whether a collection is under way.
    func setCollecting(_ isCollecting: Bool) async throws {
        try await execute("UPDATE run SET collecting = \(isCollecting)")
    }

    /// Pins a closure.
    /// - Parameter expiresAt: until when; nil for ever.
    func pin(_ closure: String, as name: String, expiresAt: Timestamp? = nil) async throws {
        let expiry = expiresAt.map { String($0.microseconds) } ?? "NULL"
        try await execute(
            """
            DELETE FROM pins WHERE name = '\(name)';
            INSERT INTO pins (name, closure_id, store_path, created_at, updated_at, expires_at)
            SELECT '\(name)', id, '', 0, 0, \(expiry) FROM closures WHERE key = '\(closure)'
            """)
    }

    /// Deletes all closures.
    func removeClosures() async throws {
        try await execute("DELETE FROM closures")
    }

    /// Writes the refs of an object.
    func setRefs(_ refs: [ObjectID], of object: ObjectID) async throws {
        let list = refs.map(String.init).joined(separator: ",")
        try await execute(
            "UPDATE objects SET refs = '\(kind == .sqlite ? "[\(list)]" : "{\(list)}")' WHERE id = \(object)")
    }

    /// Deletes the row of an object, as no collection does that keeps the rules.
    func forget(_ key: String) async throws {
        try await execute(
            """
            INSERT INTO statistics (objects, bytes) SELECT -1, -coalesce(size, 0) FROM objects
                WHERE key = '\(key)' AND state IN (1, 2);
            DELETE FROM objects WHERE key = '\(key)'
            """)
    }
}
