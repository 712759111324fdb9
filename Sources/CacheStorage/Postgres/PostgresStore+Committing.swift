import CacheCore

extension PostgresConnection {
    /// Does what was decided about an open upload, which is locked with all that changes.
    func apply(_ plan: CompletionPlan, _ request: CompletionRequest) throws -> CompletionOutcome {
        let upload = request.upload
        try makeLive(request.arrivals)
        if !plan.refs.isEmpty {
            // Lists of different lengths do not make one array, so that each is written out.
            let refs = plan.refs.map { "{" + $0.refs.map(String.init).joined(separator: ",") + "}" }
            try query(
                """
                UPDATE niks3.objects AS o SET refs = r.refs::bigint[]
                FROM unnest($1::bigint[], $2::text[]) AS r (id, refs) WHERE o.id = r.id
                """, [.ints(plan.refs.map(\.object)), .texts(refs)])
        }
        if !plan.revived.isEmpty {
            try query(
                "UPDATE niks3.objects SET state = 1, condemned_at = NULL WHERE state = 2 AND id = ANY ($1)",
                [.ints(plan.revived)])
        }
        if !plan.claimed.isEmpty {
            try query(
                """
                INSERT INTO niks3.claims (upload_id, object_id, listed) SELECT $1, unnest($2::bigint[]), false
                ON CONFLICT (upload_id, object_id) DO NOTHING
                """, [.int(upload.rawValue), .ints(plan.claimed)])
        }
        if !plan.published.isEmpty {
            try query(
                "UPDATE niks3.claims SET publish = true WHERE upload_id = $1 AND object_id = ANY ($2)",
                [.int(upload.rawValue), .ints(plan.published.map(\.id))])
        }
        if !plan.extras.isEmpty {
            try query(
                "UPDATE niks3.claims SET extra = true WHERE upload_id = $1 AND object_id = ANY ($2)",
                [.int(upload.rawValue), .ints(plan.extras)])
        }
        guard !plan.published.isEmpty else {
            try finish(upload)
            return .completed
        }
        try query("UPDATE niks3.uploads SET state = 1 WHERE id = $1", [.int(upload.rawValue)])
        return .publishing(plan.published)
    }

    /// Inserts or touches the roots with their extras, and ends the upload.
    func finish(_ upload: UploadID) throws {
        let now = try instant()
        try query(
            """
            INSERT INTO niks3.closures (key, object_id, updated_at, store_path, pulled)
            SELECT DISTINCT o.key, o.id, $2::bigint,
                -- Of a narinfo's first line, without its name.
                (SELECT substr(split_part(convert_from(t.bytes, 'UTF8'), E'\\n', 1), length('StorePath: ') + 1)
                 FROM niks3.texts AS t WHERE t.upload_id = u.id AND t.object_id = o.id),
                u.pulled
            FROM niks3.uploads AS u CROSS JOIN LATERAL unnest(u.roots) AS r (key)
            JOIN niks3.objects AS o ON o.key = r.key
            WHERE u.id = $1 ORDER BY o.key
            -- What was pushed stays so, and gets no older by being read.
            ON CONFLICT (key) DO UPDATE SET
                updated_at = CASE WHEN excluded.pulled AND NOT closures.pulled THEN closures.updated_at
                    ELSE greatest(closures.updated_at, excluded.updated_at) END,
                store_path = coalesce(closures.store_path, excluded.store_path),
                pulled = closures.pulled AND excluded.pulled
            """, [.int(upload.rawValue), .int(now.microseconds)])
        try query(
            """
            INSERT INTO niks3.extras (closure_id, object_id)
            SELECT cl.id, c.object_id
            FROM niks3.uploads AS u CROSS JOIN LATERAL unnest(u.roots) AS r (key)
            JOIN niks3.closures AS cl ON cl.key = r.key
            JOIN niks3.claims AS c ON c.upload_id = u.id AND c.extra
            WHERE u.id = $1
            ON CONFLICT (closure_id, object_id) DO NOTHING
            """, [.int(upload.rawValue)])
        try query("UPDATE niks3.uploads SET state = 2 WHERE id = $1", [.int(upload.rawValue)])
    }

    /// What a publishing upload has still to write.
    func publishItems(_ upload: UploadID) throws -> [PublishItem] {
        try query(
            """
            SELECT o.id, o.key, o.refs FROM \(PostgresStore.claimedObjects)
            WHERE c.upload_id = $1 AND c.publish AND o.state = 0 ORDER BY o.id
            """, [.int(upload.rawValue)]
        ).map { row in
            PublishItem(id: try row[0].int(), key: try row[1].objectKey(), refs: try row[2].ints())
        }
    }
}
