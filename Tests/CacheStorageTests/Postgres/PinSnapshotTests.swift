import CacheCore
import TestServices
import Testing

@testable import CacheStorage

/// A statement of PostgreSQL sees what was committed when it began, and may lock a row that was pinned since.
@Suite("A pin that is set in the middle of a statement")
struct PinSnapshotTests {
    private static let keys = ["0", "1"].map { String(repeating: $0, count: 32) + ".narinfo" }

    /// Two old closures, the first pinned; whoever reads pins waits while somebody holds the gate, in the middle of his
    /// statement.
    private static let closures = """
        INSERT INTO niks3.objects (id, key, state) VALUES (1, '\(keys[0])', 1), (2, '\(keys[1])', 1);
        INSERT INTO niks3.closures (key, object_id, updated_at) VALUES ('\(keys[0])', 1, 0), ('\(keys[1])', 2, 0);
        INSERT INTO niks3.pins (name, closure_id, store_path, created_at, updated_at) VALUES ('first', 1, '', 0, 0);
        CREATE FUNCTION niks3.gate() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN
            PERFORM pg_advisory_lock_shared(7);
            PERFORM pg_advisory_unlock_shared(7);
            RETURN true;
        END $$;
        CREATE OR REPLACE VIEW niks3.pinned (closure_id, expires_at, name) AS
            SELECT closure_id, expires_at, name FROM niks3.pins WHERE niks3.gate();
        """

    /// Runs a body with the second closure being pinned in the middle of its first statement that asks for pins.
    private func pinning<Value: Sendable>(
        amid body: @escaping @Sendable (PostgresStore, PostgresPool) async throws -> Value
    ) async throws -> Value {
        let connection = try await PostgresService.shared.database()
        let store = try await PostgresStore(connection: connection, poolSize: 3)
        defer { store.close() }
        let others = PostgresPool(try PostgresConnectionString(connection), size: 2)
        defer { others.close() }
        // Of one session, which holds the gate from one call to the next.
        let gate = PostgresPool(try PostgresConnectionString(connection), size: 1)
        defer { gate.close() }
        try await others.withConnection { try $0.execute(script: Self.closures) }
        try await gate.withConnection { _ = try $0.query("SELECT pg_advisory_lock(7)") }
        async let value = body(store, others)
        var waiting: Int64 = 0
        while waiting == 0 {
            waiting = try await gate.int("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        }
        let pin = NewPin(
            name: try PinName("second"), closure: Self.keys[1], storePath: "/nix/store/\(Self.keys[1].prefix(32))-a")
        #expect(try await store.setPin(pin) != nil)
        try await gate.withConnection { _ = try $0.query("SELECT pg_advisory_unlock(7)") }
        return try await value
    }

    @Test("keeps its closure from a collection")
    func isSeen() async throws {
        let left = try await pinning { store, others in
            let parameters = GCParameters(olderThan: "0", failedUploadsOlderThan: "0")
            guard case .begun(let run, _) = try await store.beginCollection(parameters, heartbeatLimit: .seconds(60))
            else { return Int64(-1) }
            #expect(try await store.expireClosures(olderThan: .zero, limit: 10, run: run) == 0)
            return try await others.int("SELECT count(*) FROM niks3.closures")
        }
        #expect(left == 2)
    }

    @Test("would not be seen by a delete that looks for pins in a sub-select")
    func isNotSeenInASubSelect() async throws {
        let left = try await pinning { _, others in
            try await others.withConnection { connection in
                // That no pin may refer to nothing would have the statement fail, and the collection with it.
                try connection.execute(script: "ALTER TABLE niks3.pins DROP CONSTRAINT pins_closure_id_fkey")
                try connection.query(
                    """
                    DELETE FROM niks3.closures WHERE id IN (
                        SELECT c.id FROM niks3.closures AS c WHERE c.updated_at <= 0
                            AND NOT EXISTS (SELECT FROM niks3.pinned AS p WHERE p.closure_id = c.id)
                        ORDER BY c.key LIMIT 10 FOR UPDATE OF c SKIP LOCKED)
                    """)
            }
            return try await others.int("SELECT count(*) FROM niks3.closures")
        }
        #expect(left == 1)
    }
}
