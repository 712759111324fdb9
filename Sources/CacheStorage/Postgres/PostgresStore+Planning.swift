public import CacheCore

extension PostgresStore {
    /// Loads objects, closures, extras and claims from one snapshot, as the server sends them.
    public func loadPlan(_ limits: PlanLimits, run: CollectionRun?) async throws(CacheError) -> GCPlanner? {
        try await transaction(.snapshot) { connection in
            if let run {
                let current = try connection.query(
                    "SELECT FROM niks3.run WHERE id = $1 AND finished_at IS NULL", [.int(run.rawValue)])
                guard current.count > 0 else { return nil }
            }
            let now = try connection.instant()
            var planner = GCPlanner(now: now, retention: limits.retention(at: now))
            try connection.loadObjects(into: &planner)
            try connection.loadRoots(into: &planner)
            return planner
        }
    }
}

extension PostgresConnection {
    fileprivate func loadObjects(into planner: inout GCPlanner) throws {
        try copyOut(
            """
            COPY (SELECT id, state, size, condemned_at, writable_until, busy_until, refs FROM niks3.objects)
            TO STDOUT (FORMAT binary)
            """, types: [.int8, .int2, .int8, .int8, .int8, .int8, .int8Array]
        ) { row in
            planner.add(
                GCObject(
                    id: try row[0].int(), state: try row[1].objectState(), size: try row[2].intOrNil() ?? 0,
                    condemnedAt: try row[3].intOrNil().map(Timestamp.init(microseconds:)),
                    writableUntil: try row[4].timestamp(), busyUntil: try row[5].timestamp()))
            try row[6].forEachInt { planner.addReference($0) }
        }
    }

    fileprivate func loadRoots(into planner: inout GCPlanner) throws {
        try copyOut(
            """
            COPY (SELECT c.object_id, c.updated_at, EXISTS (SELECT FROM niks3.pinned AS p WHERE p.closure_id = c.id
                      AND (p.expires_at IS NULL OR p.expires_at > \(planner.now.microseconds)))
                  FROM niks3.closures AS c) TO STDOUT (FORMAT binary)
            """, types: [.int8, .int8, .bool]
        ) { row in
            planner.addClosure(
                try row[0].int(), updatedAt: try row[1].timestamp(), isPinned: try row[2].bool())
        }
        try copyOut(
            """
            COPY (SELECT e.object_id, c.object_id FROM niks3.extras AS e JOIN niks3.closures AS c ON c.id = e.closure_id)
            TO STDOUT (FORMAT binary)
            """, types: [.int8, .int8]
        ) { row in planner.addExtra(try row[0].int(), closure: try row[1].int()) }
        try copyOut(
            "COPY (SELECT id, started_at FROM niks3.uploads WHERE state = 0) TO STDOUT (FORMAT binary)",
            types: [.int8, .int8]
        ) { row in planner.addOpenUpload(try row[0].uploadID(), startedAt: try row[1].timestamp()) }
        try copyOut(
            "COPY (SELECT object_id, upload_id FROM niks3.claims) TO STDOUT (FORMAT binary)", types: [.int8, .int8]
        ) { row in planner.addClaim(try row[0].int(), upload: try row[1].uploadID()) }
    }
}
