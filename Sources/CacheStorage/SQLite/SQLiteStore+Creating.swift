public import CacheCore
import GRDB

extension SQLiteStore {
    /// Inserts an open upload.
    public func beginUpload(_ upload: NewUpload) async throws(CacheError) -> StartedUpload {
        try await write { database in
            let now = try database.instant()
            try database.run(
                "INSERT INTO uploads (state, started_at, roots, external, pulled) VALUES (0, ?, ?, ?, ?)",
                [
                    now.microseconds, JSONList.strings(upload.roots), JSONList.strings(upload.external),
                    upload.isPulled,
                ])
            return StartedUpload(
                id: UploadID(rawValue: database.lastInsertedRowID), state: .open, startedAt: now)
        }
    }

    /// Claims objects for an open upload and decides about each.
    public func claimChunk(
        _ objects: [NewClaim], upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> ClaimedChunk? {
        guard objects.count <= 10_000 else {
            throw CacheError(.internal, "A chunk of \(objects.count) objects is too large; claim 10,000 at once.")
        }
        return try await write { database in
            guard try SQLiteStore.state(of: upload, database) == .open else { return nil }
            let now = try database.instant()
            let keys = JSONList.strings(objects.lazy.map(\.key.text))
            let known = try SQLiteStore.claimRows(keys, database)
            let decisions = objects.map { object in
                ClaimDecision(row: known[object.key.text]?.row, isListed: object.isListed, now: now)
            }
            let absent = zip(objects, decisions).lazy.filter { $1 == .insert }.map { $0.0.key.text }
            try database.run(
                "INSERT INTO objects (key, state) SELECT value, 0 FROM json_each(?)", [JSONList.strings(absent)])
            let ids = try SQLiteStore.ids(ofKeys: keys, database)
            let entries = zip(objects, decisions).map { object, decision in
                ClaimedChunk.Entry(
                    key: object.key, id: decision.isClaimed ? ids[object.key.text] : nil, decision: decision)
            }
            try SQLiteStore.apply(entries, until: now + writeWindow, database)
            try SQLiteStore.insertClaims(zip(objects, entries), upload: upload, database)
            return ClaimedChunk(instant: now, entries: entries)
        }
    }

    private struct KnownRow {
        var row: ClaimDecision.Row
    }

    private static func claimRows(_ keys: String, _ database: Database) throws -> [String: KnownRow] {
        var known: [String: KnownRow] = [:]
        let sql = """
            SELECT o.key, o.state, o.busy_until, o.registered FROM json_each(?) AS k CROSS JOIN objects AS o ON o.key = k.value
            """
        try Row.forEach(database, sql, [keys]) { row in
            known[row[0]] = KnownRow(
                row: ClaimDecision.Row(
                    state: try ObjectState(column: row[1]), busyUntil: Timestamp(microseconds: row[2]),
                    isRegistered: row[3]))
        }
        return known
    }

    private static func ids(ofKeys keys: String, _ database: Database) throws -> [String: ObjectID] {
        var ids: [String: ObjectID] = [:]
        let sql = "SELECT o.key, o.id FROM json_each(?) AS k CROSS JOIN objects AS o ON o.key = k.value"
        try Row.forEach(database, sql, [keys]) { ids[$0[0]] = $0[1] }
        return ids
    }

    private static func apply(
        _ entries: [ClaimedChunk.Entry], until writableUntil: Timestamp, _ database: Database
    ) throws {
        let revived = entries.lazy.filter { $0.decision == .revive }.compactMap(\.id)
        try database.run(
            "UPDATE objects SET state = 1, condemned_at = NULL WHERE id IN (SELECT value FROM json_each(?))",
            [JSONList.numbers(revived)])
        let restarted = entries.lazy.filter { $0.decision == .restart }.compactMap(\.id)
        try database.run(
            """
            UPDATE objects SET state = 0, refs = '[]', size = NULL, registered = 0
            WHERE id IN (SELECT value FROM json_each(?))
            """, [JSONList.numbers(restarted)])
        let writable = entries.lazy.filter { $0.decision.needsUpload && $0.key.type.isWrittenByClients }
            .compactMap(\.id)
        try extendWritable(JSONList.numbers(writable), until: writableUntil, database)
    }

    static func extendWritable(_ ids: String, until instant: Timestamp, _ database: Database) throws {
        try database.run(
            """
            UPDATE objects SET writable_until = max(writable_until, ?) WHERE id IN (SELECT value FROM json_each(?))
            """, [instant.microseconds, ids])
    }

    private static func insertClaims(
        _ claims: some Sequence<(NewClaim, ClaimedChunk.Entry)>, upload: UploadID, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO claims (upload_id, object_id, listed, nar_size, refs) VALUES (?, ?, ?, ?, ?)")
        for (claim, entry) in claims {
            guard let id = entry.id else { continue }
            try statement.execute(arguments: [
                upload.rawValue, id, claim.isListed, claim.narSize, KeyList.text(claim.refs),
            ])
        }
    }

    /// Sets live objects that were found lost to uploading.
    public func markLost(
        _ objects: [ObjectID], by evidence: LossEvidence, upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> Timestamp? {
        try await write { database in
            guard try SQLiteStore.state(of: upload, database) == .open else { return nil }
            let now = try database.instant()
            let lost = try Int64.fetchAll(
                database,
                cachedSQL: """
                    SELECT o.id FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value
                    JOIN claims AS c ON c.upload_id = ? AND c.object_id = o.id
                    WHERE o.state = 1 AND (? OR o.busy_until <= ? AND EXISTS (
                        SELECT 1 FROM json_each(o.refs) AS r
                        WHERE NOT EXISTS (SELECT 1 FROM objects AS t WHERE t.id = r.value)))
                    """,
                [JSONList.numbers(objects), upload.rawValue, evidence == .absence, now.microseconds])
            let ids = JSONList.numbers(lost)
            try SQLiteStore.appendStatistics(ids, sign: -1, database)
            try database.run(
                """
                UPDATE objects SET state = 0, size = NULL, registered = 0
                WHERE id IN (SELECT value FROM json_each(?))
                """, [ids])
            try SQLiteStore.extendWritable(
                JSONList.numbers(try SQLiteStore.writtenByClients(lost, database)), until: now + writeWindow, database)
            return now
        }
    }

    private static func writtenByClients(_ ids: [ObjectID], _ database: Database) throws -> [ObjectID] {
        var result: [ObjectID] = []
        let sql = "SELECT o.id, o.key FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value"
        try Row.forEach(database, sql, [JSONList.numbers(ids)]) { row in
            if try ObjectKey(column: row[1]).type.isWrittenByClients { result.append(row[0]) }
        }
        return result
    }

    /// Records multipart uploads that were begun for an open upload.
    public func recordMultiparts(_ multiparts: [MultipartRecord], upload: UploadID) async throws(CacheError) -> Bool {
        try await write { database in
            guard try SQLiteStore.state(of: upload, database) == .open else { return false }
            let statement = try database.cachedStatement(
                sql: "INSERT INTO multiparts (key, store_id, upload_id, object_id) VALUES (?, ?, ?, ?)")
            for multipart in multiparts {
                try statement.execute(arguments: [
                    multipart.key, multipart.storeID, upload.rawValue, multipart.object,
                ])
            }
            return true
        }
    }
}
