public import CacheCore

extension PostgresStore {
    /// Inserts objects that there is no row for, and that nobody claims.
    public func adopt(_ keys: [ObjectKey], as state: ObjectState) async throws(CacheError) -> Int {
        guard !keys.isEmpty else { return 0 }
        return try await transaction { connection in
            try connection.query(
                """
                INSERT INTO niks3.objects (id, key, state)
                SELECT nextval('niks3.object_ids'), k.key, $2::bigint::smallint
                FROM unnest($1::text[]) AS k (key)
                WHERE NOT EXISTS (SELECT FROM niks3.objects AS o WHERE o.key = k.key) ORDER BY k.key COLLATE "C"
                ON CONFLICT (key) DO NOTHING
                """, [.texts(keys.map(\.text)), .int(Int64(state.rawValue))]
            ).changed
        }
    }

    /// Writes the refs of an object that is still as it was inspected.
    public func cutReferences(
        of object: InspectedObject, to refs: [ObjectID], upload: UploadID
    ) async throws(CacheError) -> Bool {
        try await transaction { connection in
            // Whoever claims it just now may be about to bring another text.
            let locked = try connection.query(
                """
                SELECT FROM niks3.objects WHERE id = $1 AND state = 1 AND busy_until = $2 AND refs = $3
                FOR UPDATE SKIP LOCKED
                """, [.int(object.id), .int(object.busyUntil.microseconds), .ints(object.refs.map(\.id))])
            guard locked.count == 1 else { return false }
            // In a statement of its own, which sees the claims that were committed before the lock.
            return try connection.query(
                """
                UPDATE niks3.objects SET refs = $2 WHERE id = $1
                    AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = $1 AND c.upload_id <> $3)
                """, [.int(object.id), .ints(refs), .int(upload.rawValue)]
            ).changed == 1
        }
    }

    /// Writes the size of an object that is still live and of the size it was inspected with.
    public func correctSize(of object: InspectedObject, to size: Int64) async throws(CacheError) -> Bool {
        guard let known = object.size else { return false }
        return try await transaction { connection in
            let changed = try connection.query(
                "UPDATE niks3.objects SET size = $3 WHERE id = $1 AND state = 1 AND size = $2",
                [.int(object.id), .int(known), .int(size)]
            ).changed
            guard changed == 1 else { return false }
            try connection.appendStatistics(objects: 0, bytes: size - known)
            return true
        }
    }
}
