public import CacheCore
import GRDB

extension SQLiteStore {
    /// Decides about an upload, and commits it when there is nothing to publish.
    public func decide(_ request: CompletionRequest) async throws(CacheError) -> CompletionOutcome {
        try await write { database in
            switch try SQLiteStore.state(of: request.upload, database) {
            case nil, .dropped: return .unknown
            case .completed: return .completed
            case .publishing: return .publishing(try SQLiteStore.publishItems(request.upload, database))
            case .open: break
            }
            var decision = try SQLiteStore.decision(about: request, database)
            try decision.resolve(
                SQLiteStore.resolved("k.value = o.key", JSONList.strings(decision.unlistedKeys), database))
            while true {
                let ids = decision.takeUnvisited()
                guard !ids.isEmpty else { break }
                let rows = try SQLiteStore.resolved("k.value = o.id", JSONList.numbers(ids), database)
                decision.visit(rows, among: ids)
            }
            switch decision.verdict() {
            case .refused(let refusal):
                return .refused(refusal)
            case .accepted(let plan):
                try SQLiteStore.makeLive(request.arrivals, database)
                try SQLiteStore.apply(plan, upload: request.upload, database)
                if plan.published.isEmpty {
                    try SQLiteStore.finish(request.upload, database)
                    return .completed
                }
                try database.run("UPDATE uploads SET state = 1 WHERE id = ?", [request.upload.rawValue])
                return .publishing(plan.published)
            }
        }
    }

    private static func decision(about request: CompletionRequest, _ database: Database) throws -> CompletionDecision {
        let upload = request.upload.rawValue
        var claimed = try claimedObjects(of: request.upload, database)
        let left = claimed.filter(\.isLeftToAnother).map(\.id)
        if !left.isEmpty {
            try borrowTexts(for: JSONList.numbers(left), upload: request.upload, database)
            claimed = try claimedObjects(of: request.upload, database)
        }
        return CompletionDecision(
            roots: try String.fetchAll(
                database, cachedSQL: "SELECT value FROM json_each((SELECT roots FROM uploads WHERE id = ?))", [upload]),
            external: Set(
                try String.fetchAll(
                    database, cachedSQL: "SELECT value FROM json_each((SELECT external FROM uploads WHERE id = ?))",
                    [upload])),
            claimed: claimed, arrivals: Set(request.arrivals.map(\.id)),
            requiresCompleteClosures: request.requiresCompleteClosures)
    }

    private static func claimedObjects(of upload: UploadID, _ database: Database) throws -> [ClaimedObject] {
        var claimed: [ClaimedObject] = []
        let sql = """
            SELECT o.id, o.key, o.state, o.refs, c.refs, t.refs, t.nar_key, \(isBeingPublished)
            FROM claims AS c JOIN objects AS o ON o.id = c.object_id
            LEFT JOIN texts AS t ON t.upload_id = c.upload_id AND t.object_id = c.object_id
            WHERE c.upload_id = ?
            """
        try Row.forEach(database, sql, [upload.rawValue]) { row in
            let textRefs: String? = row[5]
            claimed.append(
                ClaimedObject(
                    id: row[0], key: try ObjectKey(column: row[1]), state: try ObjectState(column: row[2]),
                    refs: JSONList.numbers(in: row[3]), declaredRefs: KeyList.keys(in: row[4]),
                    text: textRefs.map { ClaimedObject.Text(refs: KeyList.keys(in: $0), narKey: row[6]) },
                    isBeingPublished: row[7]))
        }
        return claimed
    }

    /// Objects by a list of keys or ids.
    private static func resolved(
        _ condition: String, _ list: String, _ database: Database
    ) throws -> [ResolvedObject] {
        var result: [ResolvedObject] = []
        let sql = """
            SELECT o.id, o.key, o.state, o.refs, \(isBeingPublished) FROM json_each(?) AS k CROSS JOIN objects AS o ON \(condition)
            """
        try Row.forEach(database, sql, [list]) { row in
            result.append(
                ResolvedObject(
                    id: row[0], key: try ObjectKey(column: row[1]), state: try ObjectState(column: row[2]),
                    refs: JSONList.numbers(in: row[3]), isBeingPublished: row[4]))
        }
        return result
    }

    private static func apply(_ plan: CompletionPlan, upload: UploadID, _ database: Database) throws {
        let update = try database.cachedStatement(sql: "UPDATE objects SET refs = ? WHERE id = ?")
        for entry in plan.refs {
            try update.execute(arguments: [JSONList.numbers(entry.refs), entry.object])
        }
        try database.run(
            """
            UPDATE objects SET state = 1, condemned_at = NULL
            WHERE state = 2 AND id IN (SELECT value FROM json_each(?))
            """, [JSONList.numbers(plan.revived)])
        try database.run(
            "INSERT OR IGNORE INTO claims (upload_id, object_id, listed) SELECT ?, value, 0 FROM json_each(?)",
            [upload.rawValue, JSONList.numbers(plan.claimed)])
        try database.run(
            """
            UPDATE claims SET publish = 1 WHERE upload_id = ? AND object_id IN (SELECT value FROM json_each(?))
            """, [upload.rawValue, JSONList.numbers(plan.published.lazy.map(\.id))])
        try database.run(
            "UPDATE claims SET extra = 1 WHERE upload_id = ? AND object_id IN (SELECT value FROM json_each(?))",
            [upload.rawValue, JSONList.numbers(plan.extras)])
    }

    /// Inserts or touches the roots with their extras, and ends the upload.
    static func finish(_ upload: UploadID, _ database: Database) throws {
        let now = try database.instant()
        try database.run(
            """
            INSERT INTO closures (key, object_id, updated_at, store_path, pulled)
            SELECT DISTINCT o.key, o.id, ?1,
                -- Of a narinfo's first line, without its name.
                (SELECT substr(t.line, length('StorePath: ') + 1, instr(t.line, char(10)) - length('StorePath: ') - 1)
                 FROM (SELECT CAST(bytes AS TEXT) AS line FROM texts WHERE upload_id = ?2 AND object_id = o.id) AS t),
                (SELECT pulled FROM uploads WHERE id = ?2)
            FROM json_each((SELECT roots FROM uploads WHERE id = ?2)) AS r JOIN objects AS o ON o.key = r.value
            WHERE true ORDER BY o.key
            -- What was pushed stays so, and gets no older by being read.
            ON CONFLICT (key) DO UPDATE SET
                updated_at = CASE WHEN excluded.pulled > pulled THEN updated_at
                    ELSE max(updated_at, excluded.updated_at) END,
                store_path = coalesce(store_path, excluded.store_path), pulled = min(pulled, excluded.pulled)
            """, [now.microseconds, upload.rawValue])
        try database.run(
            """
            INSERT OR IGNORE INTO extras (closure_id, object_id)
            SELECT cl.id, c.object_id
            FROM json_each((SELECT roots FROM uploads WHERE id = ?1)) AS r JOIN closures AS cl ON cl.key = r.value
            JOIN claims AS c ON c.upload_id = ?1 AND c.extra = 1
            """, [upload.rawValue])
        try database.run("UPDATE uploads SET state = 2 WHERE id = ?", [upload.rawValue])
    }
}
