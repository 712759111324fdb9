public import CacheCore

extension PostgresStore: ImportStore {
    /// Which of some keys are roots already.
    public func existingClosures(_ keys: [String]) async throws(CacheError) -> Set<String> {
        guard !keys.isEmpty else { return [] }
        return try await transaction(.single) { connection in
            Set(
                try connection.query(
                    "SELECT key FROM niks3.closures WHERE key = ANY ($1) AND NOT pulled", [.texts(keys)]
                )
                .map { try $0[0].text() })
        }
    }

    /// Sets the times of closures that an import has just made.
    public func setClosureTimes(
        _ times: [String: Timestamp], madeFrom start: Timestamp, to end: Timestamp
    ) async throws(CacheError) {
        guard !times.isEmpty else { return }
        try await transaction { connection in
            // Locked in the order of their keys, as by everyone.
            let found = try connection.query(
                """
                SELECT id, key FROM niks3.closures WHERE key = ANY ($1) AND updated_at BETWEEN $2 AND $3
                ORDER BY key FOR NO KEY UPDATE
                """, [.texts(Array(times.keys)), .int(start.microseconds), .int(end.microseconds)])
            let made = try found.map { (id: try $0[0].int(), time: times[try $0[1].text()]) }
            try connection.query(
                """
                UPDATE niks3.closures AS c SET updated_at = t.updated_at
                FROM unnest($1::bigint[], $2::bigint[]) AS t (id, updated_at) WHERE c.id = t.id
                """, [.ints(made.map(\.id)), .ints(made.map { ($0.time ?? end).microseconds })])
        }
    }

    /// Gives a closure a name that was given elsewhere, with its times.
    public func importPin(_ pin: Pin, closure: String) async throws(CacheError) -> Bool {
        try await transaction { connection in
            let found = try connection.query("SELECT id FROM niks3.closures WHERE key = $1 FOR SHARE", [.text(closure)])
            guard let id = try found.first?[0].int() else { return false }
            return try connection.query(
                """
                INSERT INTO niks3.pins (name, closure_id, store_path, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (name) DO NOTHING
                """,
                [
                    .text(pin.name), .int(id), .text(pin.storePath), .int(pin.createdAt.microseconds),
                    .int(pin.updatedAt.microseconds),
                ]
            ).changed == 1
        }
    }

    /// Inserts an open upload that was begun elsewhere.
    public func importUpload(_ upload: NewUpload, startedAt: Timestamp) async throws(CacheError) -> UploadID? {
        try await transaction(.single) { connection in
            try connection.query(
                """
                INSERT INTO niks3.uploads (state, started_at, roots, external) SELECT 0, $1, $2, $3
                WHERE NOT EXISTS (SELECT FROM niks3.uploads AS u WHERE u.started_at = $1 AND u.roots = $2)
                RETURNING id
                """, [.int(startedAt.microseconds), .texts(upload.roots), .texts(upload.external)]
            ).first.map { try $0[0].uploadID() }
        }
    }
}
