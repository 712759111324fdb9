public import CacheCore

extension PostgresStore: FsckStore {
    /// Objects by ascending key.
    public func inspect(after: String, limit: Int) async throws(CacheError) -> [InspectedObject] {
        try await transaction { connection in
            try connection.inspect(
                "niks3.objects AS o WHERE o.key > $1 ORDER BY o.key LIMIT $2", [.text(after), .int(Int64(limit))])
        }
    }

    /// The objects of some keys, by ascending key.
    public func inspect(_ keys: [String]) async throws(CacheError) -> [InspectedObject] {
        guard !keys.isEmpty else { return [] }
        return try await transaction { connection in
            try connection.inspect("niks3.objects AS o WHERE o.key = ANY ($1) ORDER BY o.key", [.texts(keys)])
        }
    }

    /// The states of some keys.
    public func states(of keys: [String]) async throws(CacheError) -> [String: ObjectState] {
        guard !keys.isEmpty else { return [:] }
        return try await transaction(.single) { connection in
            var states: [String: ObjectState] = [:]
            try connection.query("SELECT key, state FROM niks3.objects WHERE key = ANY ($1)", [.texts(keys)])
                .forEach { states[try $0[0].text()] = try $0[1].objectState() }
            return states
        }
    }

    /// What roots reach and need, and is not there.
    public func incompleteObjects() async throws(CacheError) -> [ObjectID] {
        try await transaction(.snapshot) { connection in
            // It goes through the whole graph.
            try connection.execute(script: "SET LOCAL statement_timeout = 0")
            return try connection.query(
                """
                WITH RECURSIVE reached (id) AS (
                    (SELECT object_id FROM niks3.closures UNION SELECT object_id FROM niks3.extras)
                    UNION
                    SELECT r.id FROM reached JOIN niks3.objects AS o ON o.id = reached.id
                    CROSS JOIN LATERAL unnest(o.refs) AS r (id)
                )
                SELECT reached.id \(PostgresConnection.incomplete) ORDER BY reached.id
                """
            ).map { try $0[0].int() }
        }
    }

    /// What one root reaches and needs, and is not there.
    public func incompleteObjects(
        ofClosure key: String, limit: Int
    ) async throws(CacheError) -> [InspectedObject.Reference] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                WITH RECURSIVE root AS (
                    SELECT id, object_id FROM niks3.closures WHERE key = $1
                ), reached (id) AS (
                    (SELECT object_id FROM root
                     UNION SELECT e.object_id FROM root JOIN niks3.extras AS e ON e.closure_id = root.id)
                    UNION
                    SELECT r.id FROM reached JOIN niks3.objects AS o ON o.id = reached.id
                    CROSS JOIN LATERAL unnest(o.refs) AS r (id)
                )
                SELECT reached.id, o.key, o.state \(PostgresConnection.incomplete) ORDER BY o.key LIMIT $2
                """, [.text(key), .int(Int64(limit))]
            ).map { row in
                let key = try row[1].textOrNil()
                return InspectedObject.Reference(
                    id: try row[0].int(), key: try key.map { try ObjectKey(column: $0) },
                    state: key == nil ? nil : try row[2].objectState())
            }
        }
    }

    /// The objects that refer to any of some others.
    public func referrers(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID] {
        try await transaction { connection in
            try connection.execute(script: "SET LOCAL statement_timeout = 0")
            return try connection.query(
                """
                SELECT DISTINCT o.id FROM niks3.objects AS o CROSS JOIN LATERAL unnest(o.refs) AS r (id)
                JOIN unnest($1::bigint[]) AS j (id) ON j.id = r.id
                """, [.ints(objects)]
            ).map { try $0[0].int() }
        }
    }

    /// The keys of the roots that are, or keep as an extra, any of some objects.
    public func closures(keeping objects: [ObjectID]) async throws(CacheError) -> [String] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT key FROM niks3.closures WHERE object_id = ANY ($1)
                UNION SELECT c.key FROM niks3.extras AS e JOIN niks3.closures AS c ON c.id = e.closure_id
                WHERE e.object_id = ANY ($1)
                """, [.ints(objects)]
            ).map { try $0[0].text() }
        }
    }
}

extension PostgresConnection {
    /// Of what is `reached`, objects `o` that closures need and that are neither live nor being published.
    fileprivate static let incomplete = """
        FROM reached LEFT JOIN niks3.objects AS o ON o.id = reached.id
        WHERE o.id IS NULL
            OR (o.state <> 1 AND (o.key LIKE '%.narinfo' OR o.key LIKE 'nar/%')
                AND NOT \(PostgresStore.isBeingPublished))
        """

    /// - Parameter rows: what follows FROM, with objects `o`.
    fileprivate func inspect(_ rows: String, _ parameters: [PostgresValue]) throws -> [InspectedObject] {
        let now = try instant()
        var lists: [[ObjectID]] = []
        var inspected = try query("SELECT o.id, o.key, o.state, o.size, o.busy_until, o.refs FROM \(rows)", parameters)
            .map { row in
                lists.append(try row[5].ints())
                return InspectedObject(
                    id: try row[0].int(), key: try row[1].objectKey(), state: try row[2].objectState(),
                    size: try row[3].intOrNil(), busyUntil: try row[4].timestamp(), refs: [], instant: now)
            }
        let ids = Set(lists.joined())
        guard !ids.isEmpty else { return inspected }
        var known: [ObjectID: InspectedObject.Reference] = [:]
        try query("SELECT id, key, state FROM niks3.objects WHERE id = ANY ($1)", [.ints(Array(ids))]).forEach { row in
            let id = try row[0].int()
            known[id] = InspectedObject.Reference(
                id: id, key: try row[1].objectKey(), state: try row[2].objectState())
        }
        for index in inspected.indices {
            inspected[index].refs = lists[index].map { known[$0] ?? InspectedObject.Reference(id: $0) }
        }
        return inspected
    }
}
