public import CacheCore

extension PostgresStore {
    /// How often a decision begins anew because it reached what it had not locked.
    private static let maximumAttempts = 5

    /// Decides about an upload, and commits it when there is nothing to publish.
    public func decide(_ request: CompletionRequest) async throws(CacheError) -> CompletionOutcome {
        // Objects are locked in one order: what is found too late is locked by the next attempt, before anything else.
        var changing: Set<ObjectID> = []
        for _ in 0..<Self.maximumAttempts {
            let known = changing
            let attempt = try await transaction { try $0.decide(request, changing: known) }
            switch attempt {
            case .decided(let outcome): return outcome
            case .unlocked(let found): changing.formUnion(found)
            }
        }
        throw CacheError(
            .unavailable,
            "The upload \(request.upload) cannot be completed while others change what it refers to; complete it again."
        )
    }
}

/// What came of an attempt.
private enum DecisionAttempt: Sendable {
    case decided(CompletionOutcome)
    /// Nothing was changed: these are to be changed and were not locked.
    case unlocked(Set<ObjectID>)
}

extension PostgresConnection {
    /// - Parameter changing: objects to be changed beyond those that the upload claims and that are not live.
    fileprivate func decide(_ request: CompletionRequest, changing: Set<ObjectID>) throws -> DecisionAttempt {
        switch try lock(request.upload, .update) {
        case nil, .dropped: return .decided(.unknown)
        case .completed: return .decided(.completed)
        case .publishing: return .decided(.publishing(try publishItems(request.upload)))
        case .open: break
        }
        let locked = try lockUnfinished(of: request.upload, and: changing)
        // What is reached and not claimed must not go before it is. To keep it from that waits for nobody who waits for
        // us, so it may be done while the walk is under way; then it is walked again, over what is there now.
        var kept: Set<ObjectID> = []
        while true {
            let decision = try walk(request)
            switch decision.verdict() {
            case .refused(let refusal):
                return .decided(.refused(refusal))
            case .accepted(let plan):
                let changed = Set(plan.refs.map(\.object) + plan.revived)
                guard changed.isSubset(of: locked) else { return .unlocked(changed.subtracting(locked)) }
                let reached = plan.claimed.filter { !kept.contains($0) && !locked.contains($0) }
                guard reached.isEmpty else {
                    try lock(reached, .keyShare)
                    kept.formUnion(reached)
                    continue
                }
                return .decided(try apply(plan, request))
            }
        }
    }

    /// Locks what an upload claims and what is not live, and some more objects.
    private func lockUnfinished(of upload: UploadID, and others: Set<ObjectID>) throws -> Set<ObjectID> {
        let unfinished = try query(
            "SELECT o.id FROM \(PostgresStore.claimedObjects) WHERE c.upload_id = $1 AND o.state <> 1",
            [.int(upload.rawValue)]
        ).map { try $0[0].int() }
        return try lock(Array(others.union(unfinished)), .noKeyUpdate)
    }

    /// Goes from what the upload claims over all references.
    private func walk(_ request: CompletionRequest) throws -> CompletionDecision {
        let rows = try query(
            "SELECT roots, external FROM niks3.uploads WHERE id = $1", [.int(request.upload.rawValue)])
        guard let row = rows.first else { throw PostgresError(.other, "the upload \(request.upload) vanished") }
        var claimed = try claimedObjects(of: request.upload)
        let left = claimed.filter(\.isLeftToAnother).map(\.id)
        if !left.isEmpty {
            // It is locked, so that whoever publishes it has its text already.
            try borrowTexts(for: left, upload: request.upload)
            claimed = try claimedObjects(of: request.upload)
        }
        var decision = CompletionDecision(
            roots: try row[0].texts(), external: Set(try row[1].texts()), claimed: claimed,
            arrivals: Set(request.arrivals.map(\.id)), requiresCompleteClosures: request.requiresCompleteClosures)
        let unlisted = decision.unlistedKeys
        decision.resolve(
            unlisted.isEmpty
                ? []
                : try resolved(
                    "unnest($1::text[]) AS k (key) JOIN niks3.objects AS o ON o.key = k.key", .texts(unlisted)))
        while true {
            let ids = decision.takeUnvisited()
            guard !ids.isEmpty else { return decision }
            let rows = try resolved("unnest($1::bigint[]) AS k (id) JOIN niks3.objects AS o ON o.id = k.id", .ints(ids))
            decision.visit(rows, among: ids)
        }
    }

    private func claimedObjects(of upload: UploadID) throws -> [ClaimedObject] {
        try query(
            """
            SELECT o.id, o.key, o.state, o.refs, c.refs, t.refs, t.nar_key, \(PostgresStore.isBeingPublished)
            FROM \(PostgresStore.claimedObjects)
            LEFT JOIN LATERAL (SELECT * FROM niks3.texts AS t
                               WHERE t.upload_id = c.upload_id AND t.object_id = c.object_id OFFSET 0) AS t ON true
            WHERE c.upload_id = $1
            """, [.int(upload.rawValue)]
        ).map { row in
            let text = try row[5].textOrNil().map { refs in
                ClaimedObject.Text(refs: KeyList.keys(in: refs), narKey: try row[6].textOrNil())
            }
            return ClaimedObject(
                id: try row[0].int(), key: try row[1].objectKey(), state: try row[2].objectState(),
                refs: try row[3].ints(), declaredRefs: try row[4].keys(), text: text,
                isBeingPublished: try row[7].bool())
        }
    }

    /// Objects by a list of keys or ids.
    private func resolved(_ source: String, _ list: PostgresValue) throws -> [ResolvedObject] {
        try query("SELECT o.id, o.key, o.state, o.refs, \(PostgresStore.isBeingPublished) FROM \(source)", [list])
            .map { row in
                ResolvedObject(
                    id: try row[0].int(), key: try row[1].objectKey(), state: try row[2].objectState(),
                    refs: try row[3].ints(), isBeingPublished: try row[4].bool())
            }
    }
}
