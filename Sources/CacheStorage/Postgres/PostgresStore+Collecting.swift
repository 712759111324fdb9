public import CacheCore

extension PostgresStore {
    /// Which of some multipart uploads of the object store no upload has begun.
    public func unregisteredMultiparts(
        _ multiparts: [MultipartPage.Marker]
    ) async throws(CacheError) -> [MultipartPage.Marker] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT m.key, m.store_id FROM unnest($1::text[], $2::text[]) AS m (key, store_id)
                WHERE NOT EXISTS (SELECT FROM niks3.multiparts AS r WHERE r.key = m.key AND r.store_id = m.store_id)
                """, [.texts(multiparts.map(\.key)), .texts(multiparts.map(\.uploadID))]
            ).map { MultipartPage.Marker(key: try $0[0].text(), uploadID: try $0[1].text()) }
        }
    }

    /// Deletes closures that are too old and not pinned.
    public func expireClosures(
        olderThan age: Duration, limit: Int, run: CollectionRun
    ) async throws(CacheError) -> Int? {
        try await transaction { connection in
            guard try connection.lockRun(run) != nil else { return nil }
            let now = try connection.instant()
            let cutoff = PostgresValue.int((now - age).microseconds)
            // A push or a pin that has hold of one just now keeps it.
            let old = try connection.query(
                """
                SELECT c.id FROM niks3.closures AS c WHERE c.updated_at <= $1 AND NOT EXISTS (
                    SELECT FROM niks3.pinned AS p
                    WHERE p.closure_id = c.id AND (p.expires_at IS NULL OR p.expires_at > $2))
                ORDER BY c.key LIMIT $3 FOR UPDATE OF c SKIP LOCKED
                """, [cutoff, .int(now.microseconds), .int(Int64(limit))]
            ).map { try $0[0].int() }
            guard !old.isEmpty else { return 0 }
            try connection.removeEndedPins(of: old, at: now)
            // In a statement of its own, which sees what was committed before the lock.
            return try connection.query(
                """
                DELETE FROM niks3.closures AS c WHERE c.id = ANY ($1) AND c.updated_at <= $2
                    AND NOT EXISTS (SELECT FROM niks3.pinned AS p WHERE p.closure_id = c.id)
                """, [.ints(old), cutoff]
            ).changed
        }
    }

    /// Makes condemned objects live again.
    public func revive(_ objects: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int? {
        try await transaction { connection in
            guard try connection.lockRun(run) != nil else { return nil }
            try connection.lock(objects, .noKeyUpdate)
            return try connection.query(
                "UPDATE niks3.objects SET state = 1, condemned_at = NULL WHERE state = 2 AND id = ANY ($1)",
                [.ints(objects)]
            ).changed
        }
    }

    /// Condemns live objects that nobody claims, and gives up uploading ones that can be written no more.
    public func condemn(_ objects: [ObjectID], force: Bool, run: CollectionRun) async throws(CacheError) -> Int? {
        try await transaction { connection in
            guard try connection.lockRun(run) == true else { return nil }
            // What somebody claims just now is left alone.
            let locked = try connection.query(
                """
                SELECT o.id FROM niks3.objects AS o WHERE o.id = ANY ($1) AND o.state IN (0, 1)
                ORDER BY o.key FOR UPDATE SKIP LOCKED
                """, [.ints(objects)]
            ).map { try $0[0].int() }
            guard !locked.isEmpty else { return 0 }
            let now = try connection.instant()
            // Statements of their own, which see the claims that were committed before the locks.
            let condemned = try connection.query(
                """
                UPDATE niks3.objects AS o SET state = 2, condemned_at = $2 WHERE o.state = 1 AND o.id = ANY ($1)
                    AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = o.id)
                """, [.ints(locked), .int(now.microseconds)])
            let givenUp = try connection.query(
                """
                UPDATE niks3.objects AS o SET state = 3, gone = false
                WHERE o.state = 0 AND ($2 OR o.writable_until <= $3) AND o.id = ANY ($1)
                    AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = o.id)
                """, [.ints(locked), .bool(force), .int(now.microseconds)])
            return condemned.changed + givenUp.changed
        }
    }

    /// The keys of some objects.
    public func keys(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID: String] {
        try await transaction(.single) { connection in
            var keys: [ObjectID: String] = [:]
            try connection.query("SELECT id, key FROM niks3.objects WHERE id = ANY ($1)", [.ints(objects)])
                .forEach { keys[try $0[0].int()] = try $0[1].text() }
            return keys
        }
    }
}
