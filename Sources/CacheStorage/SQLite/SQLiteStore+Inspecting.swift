public import CacheCore
import GRDB

extension SQLiteStore: FsckStore {
    /// Objects by ascending key.
    public func inspect(after: String, limit: Int) async throws(CacheError) -> [InspectedObject] {
        try await read { database in
            try SQLiteStore.inspect("objects AS o WHERE o.key > ? ORDER BY o.key LIMIT ?", [after, limit], database)
        }
    }

    /// The objects of some keys, by ascending key.
    public func inspect(_ keys: [String]) async throws(CacheError) -> [InspectedObject] {
        try await read { database in
            try SQLiteStore.inspect(
                "json_each(?) AS k CROSS JOIN objects AS o ON o.key = k.value ORDER BY o.key",
                [JSONList.strings(keys)], database)
        }
    }

    /// The states of some keys.
    public func states(of keys: [String]) async throws(CacheError) -> [String: ObjectState] {
        try await read { database in
            var states: [String: ObjectState] = [:]
            let sql = "SELECT o.key, o.state FROM json_each(?) AS k CROSS JOIN objects AS o ON o.key = k.value"
            try Row.forEach(database, sql, [JSONList.strings(keys)]) { row in
                states[row[0]] = try ObjectState(column: row[1])
            }
            return states
        }
    }

    /// What roots reach and need, and is not there.
    public func incompleteObjects() async throws(CacheError) -> [ObjectID] {
        try await read { database in
            try Int64.fetchAll(
                database,
                cachedSQL: """
                    WITH RECURSIVE reached (id) AS (
                        SELECT object_id FROM closures UNION SELECT object_id FROM extras
                        UNION SELECT r.value FROM reached JOIN objects AS o ON o.id = reached.id, json_each(o.refs) AS r
                    )
                    SELECT reached.id \(SQLiteStore.incomplete) ORDER BY reached.id
                    """)
        }
    }

    /// What one root reaches and needs, and is not there.
    public func incompleteObjects(
        ofClosure key: String, limit: Int
    ) async throws(CacheError) -> [InspectedObject.Reference] {
        try await read { database in
            var found: [InspectedObject.Reference] = []
            let sql = """
                WITH RECURSIVE reached (id) AS (
                    SELECT object_id FROM closures WHERE key = ?1
                    UNION SELECT e.object_id FROM closures AS c JOIN extras AS e ON e.closure_id = c.id WHERE c.key = ?1
                    UNION SELECT r.value FROM reached JOIN objects AS o ON o.id = reached.id, json_each(o.refs) AS r
                )
                SELECT reached.id, o.key, o.state \(SQLiteStore.incomplete) ORDER BY o.key NULLS LAST LIMIT ?2
                """
            try Row.forEach(database, sql, [key, limit]) { row in
                let (key, state): (String?, Int?) = (row[1], row[2])
                found.append(
                    InspectedObject.Reference(
                        id: row[0], key: try key.map { key throws(CacheError) in try ObjectKey(column: key) },
                        state: try state.map { state throws(CacheError) in try ObjectState(column: state) }))
            }
            return found
        }
    }

    /// The objects that refer to any of some others.
    public func referrers(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID] {
        let wanted = Set(objects)
        return try await read { database in
            var found: [ObjectID] = []
            try Row.forEach(database, "SELECT id, refs FROM objects WHERE refs <> '[]'") { row in
                if JSONList.numbers(in: row[1]).contains(where: wanted.contains) { found.append(row[0]) }
            }
            return found
        }
    }

    /// The keys of the roots that are, or keep as an extra, any of some objects.
    public func closures(keeping objects: [ObjectID]) async throws(CacheError) -> [String] {
        try await read { database in
            try String.fetchAll(
                database,
                cachedSQL: """
                    SELECT c.key FROM json_each(?1) AS j CROSS JOIN closures AS c ON c.object_id = j.value
                    UNION SELECT c.key FROM json_each(?1) AS j CROSS JOIN extras AS e ON e.object_id = j.value
                    JOIN closures AS c ON c.id = e.closure_id
                    """, [JSONList.numbers(objects)])
        }
    }

    /// Of what is `reached`, objects `o` that closures need and that are neither live nor being published.
    private static let incomplete = """
        FROM reached LEFT JOIN objects AS o ON o.id = reached.id
        WHERE o.id IS NULL
            OR (o.state <> 1 AND (o.key LIKE '%.narinfo' OR o.key LIKE 'nar/%') AND NOT \(isBeingPublished))
        """

    /// - Parameter rows: what follows FROM, with objects `o`.
    private static func inspect(
        _ rows: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [InspectedObject] {
        let now = try database.instant()
        var lists: [[ObjectID]] = []
        var inspected: [InspectedObject] = []
        let sql = "SELECT o.id, o.key, o.state, o.size, o.busy_until, o.refs FROM \(rows)"
        try Row.forEach(database, sql, arguments) { row in
            lists.append(JSONList.numbers(in: row[5]))
            inspected.append(
                InspectedObject(
                    id: row[0], key: try ObjectKey(column: row[1]), state: try ObjectState(column: row[2]),
                    size: row[3], busyUntil: Timestamp(microseconds: row[4]), refs: [], instant: now))
        }
        var known: [ObjectID: InspectedObject.Reference] = [:]
        let referred = "SELECT o.id, o.key, o.state FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value"
        try Row.forEach(database, referred, [JSONList.numbers(Set(lists.joined()))]) { row in
            known[row[0]] = InspectedObject.Reference(
                id: row[0], key: try ObjectKey(column: row[1]), state: try ObjectState(column: row[2]))
        }
        for index in inspected.indices {
            inspected[index].refs = lists[index].map { known[$0] ?? InspectedObject.Reference(id: $0) }
        }
        return inspected
    }
}
