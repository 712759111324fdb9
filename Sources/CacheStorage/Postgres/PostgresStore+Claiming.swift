public import CacheCore

extension PostgresStore {
    /// Claims objects for an open upload and decides about each.
    public func claimChunk(
        _ objects: [NewClaim], upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> ClaimedChunk? {
        guard objects.count <= 10_000 else {
            throw CacheError(.internal, "A chunk of \(objects.count) objects is too large; claim 10,000 at once.")
        }
        return try await transaction { connection in
            guard try connection.lock(upload, .keyShare) == .open else { return nil }
            // Read before anything waits, so that what is inserted needs no second change. For that a URL may end the
            // earlier, and a busy object seem busy for longer.
            let now = try connection.instant()
            let writableUntil = now + writeWindow
            var claiming = Claiming(objects)
            claiming.inserted = try connection.insertAbsent(objects, writableUntil: writableUntil)
            try claiming.lockKnown(connection, now: now)
            try claiming.lockChanging(connection, now: now)
            try claiming.change(connection, writableUntil: writableUntil)
            try claiming.insertClaims(connection, upload: upload)
            return ClaimedChunk(instant: now, entries: claiming.entries)
        }
    }
}

/// A chunk on its way through the transaction.
private struct Claiming {
    let objects: [NewClaim]
    /// For each object its number, once it is inserted or found.
    var ids: [ObjectID?]
    /// For each object what was decided.
    var decisions: [ClaimDecision]

    init(_ objects: [NewClaim]) {
        self.objects = objects
        ids = Array(repeating: nil, count: objects.count)
        decisions = Array(repeating: .insert, count: objects.count)
    }

    /// The objects that this transaction inserted, in the order of the chunk; nobody else sees them.
    var inserted: [(key: String, id: ObjectID)] = [] {
        didSet {
            var next = 0
            for index in objects.indices where next < inserted.count && inserted[next].key == objects[index].key.text {
                ids[index] = inserted[next].id
                next += 1
            }
        }
    }

    var entries: [ClaimedChunk.Entry] {
        objects.indices.map { index in
            ClaimedChunk.Entry(
                key: objects[index].key, id: decisions[index].isClaimed ? ids[index] : nil,
                decision: decisions[index])
        }
    }

    /// Keeps the objects that were there from being condemned or deleted, and decides about them.
    mutating func lockKnown(_ connection: PostgresConnection, now: Timestamp) throws {
        let known = objects.indices.filter { ids[$0] == nil }
        guard !known.isEmpty else { return }
        let rows = try connection.query(
            """
            SELECT k.position, o.id, o.state, o.busy_until, o.registered
            FROM unnest($1::text[], $2::bigint[]) AS k (key, position) JOIN niks3.objects AS o ON o.key = k.key
            ORDER BY o.key FOR KEY SHARE OF o
            """, [.texts(known.map { objects[$0].key.text }), .ints(known.map { Int64($0) })])
        try rows.forEach { row in
            let index = Int(try row[0].int())
            ids[index] = try row[1].int()
            decisions[index] = try decision(row, from: 2, isListed: objects[index].isListed, now: now)
        }
        for index in known where ids[index] == nil {
            decisions[index] = ClaimDecision(row: nil, isListed: objects[index].isListed, now: now)
            guard decisions[index] == .insert else { continue }
            // Its row was there when the others were inserted, and was deleted before it could be locked.
            throw PostgresError(.conflict, "the row of \(objects[index].key) was deleted meanwhile")
        }
    }

    /// Keeps the objects that change from all changes of others, and decides about them anew: others may have changed
    /// them before.
    mutating func lockChanging(_ connection: PostgresConnection, now: Timestamp) throws {
        var positions: [ObjectID: Int] = [:]
        for (index, id) in ids.enumerated() {
            guard let id else { continue }
            switch decisions[index] {
            case .revive, .restart: positions[id] = index
            case .upload where objects[index].key.type.isWrittenByClients: positions[id] = index
            case .insert, .upload, .present, .wait, .absent: break
            }
        }
        guard !positions.isEmpty else { return }
        let rows = try connection.query(
            """
            SELECT o.id, o.state, o.busy_until, o.registered
            FROM unnest($1::bigint[]) AS j (id) JOIN niks3.objects AS o ON o.id = j.id
            ORDER BY o.key FOR NO KEY UPDATE OF o
            """, [.ints(Array(positions.keys))])
        try rows.forEach { row in
            guard let index = positions[try row[0].int()] else { return }
            decisions[index] = try decision(row, from: 1, isListed: objects[index].isListed, now: now)
        }
    }

    private func decision(
        _ row: PostgresRow, from column: Int, isListed: Bool, now: Timestamp
    ) throws -> ClaimDecision {
        ClaimDecision(
            row: ClaimDecision.Row(
                state: try row[column].objectState(), busyUntil: try row[column + 1].timestamp(),
                isRegistered: try row[column + 2].bool()),
            isListed: isListed, now: now)
    }

    /// Makes condemned objects live and deleting ones uploading, and lets clients write what they are to upload.
    func change(_ connection: PostgresConnection, writableUntil: Timestamp) throws {
        func ids(_ isMeant: (Int) -> Bool) -> [ObjectID] {
            objects.indices.compactMap { isMeant($0) ? self.ids[$0] : nil }
        }
        let revived = ids { decisions[$0] == .revive }
        if !revived.isEmpty {
            try connection.query(
                "UPDATE niks3.objects SET state = 1, condemned_at = NULL WHERE id = ANY ($1)", [.ints(revived)])
        }
        let restarted = ids { decisions[$0] == .restart }
        if !restarted.isEmpty {
            try connection.query(
                """
                UPDATE niks3.objects SET state = 0, refs = '{}', size = NULL, registered = false WHERE id = ANY ($1)
                """, [.ints(restarted)])
        }
        let writable = ids { index in
            decisions[index].needsUpload && decisions[index] != .insert && objects[index].key.type.isWrittenByClients
        }
        try connection.extendWritable(writable, until: writableUntil)
    }

    func insertClaims(_ connection: PostgresConnection, upload: UploadID) throws {
        let claimed = objects.indices.filter { decisions[$0].isClaimed }
        try connection.query(
            """
            INSERT INTO niks3.claims (upload_id, object_id, listed, nar_size, refs)
            SELECT $1, c.* FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::text[]) AS c
            """,
            [
                .int(upload.rawValue), .ints(claimed.compactMap { ids[$0] }),
                .bools(claimed.map { objects[$0].isListed }),
                .optionalInts(claimed.map { objects[$0].narSize }),
                .texts(claimed.map { KeyList.text(objects[$0].refs) }),
            ])
    }
}

extension PostgresConnection {
    /// Inserts the listed objects that are absent as uploading.
    ///
    /// Numbers are taken for absent keys only: an upsert would use one up for each known key too.
    /// - Returns: the inserted ones, in the order of the chunk.
    fileprivate func insertAbsent(
        _ objects: [NewClaim], writableUntil: Timestamp
    ) throws -> [(key: String, id: ObjectID)] {
        let listed = objects.filter(\.isListed)
        return try query(
            """
            INSERT INTO niks3.objects (id, key, state, writable_until)
            SELECT nextval('niks3.object_ids'), k.key, 0, CASE WHEN k.is_writable THEN $3 ELSE 0 END
            FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS k (key, is_writable, position)
            WHERE NOT EXISTS (SELECT FROM niks3.objects AS o WHERE o.key = k.key) ORDER BY k.position
            ON CONFLICT (key) DO NOTHING RETURNING key, id
            """,
            [
                .texts(listed.map(\.key.text)), .bools(listed.map(\.key.type.isWrittenByClients)),
                .int(writableUntil.microseconds),
            ]
        ).map { row in (key: try row[0].text(), id: try row[1].int()) }
    }
}
