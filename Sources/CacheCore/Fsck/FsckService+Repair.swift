extension FsckService {
    /// Claims what seems wrong, looks again, and repairs what still is.
    func repair(_ problems: [FsckProblem], isDeep: Bool) async throws(CacheError) -> [FsckFinding] {
        let upload = try await metadata.beginUpload(NewUpload(roots: [], external: [])).id
        let findings: [FsckFinding]
        do throws(CacheError) {
            let claimed = try await claim(problems, upload: upload)
            // What could not be claimed is another push's or collection's by now.
            let rest = problems.filter { claimed.contains($0.target) && claimed.contains($0.subject.id) }
            findings = try await repair(try await secondLook(at: rest, isDeep: isDeep), upload: upload)
        } catch {
            await release(upload)
            throw error
        }
        await release(upload)
        return findings
    }

    private func claim(_ problems: [FsckProblem], upload: UploadID) async throws(CacheError) -> Set<ObjectID> {
        let keys = Set(problems.flatMap { [$0.subject.key, $0.targetKey] }).sorted()
        var claimed: Set<ObjectID> = []
        for chunk in keys.chunked(10_000) {
            // Not listed: what is not there any more is not to be uploaded.
            let claims = chunk.map { NewClaim(key: $0, isListed: false) }
            let answer = try await metadata.claimChunk(
                claims, upload: upload, writeWindow: uploads.times.writeWindow)
            guard let answer else { throw .noUpload(upload) }
            claimed.formUnion(answer.entries.compactMap(\.id))
        }
        return claimed
    }

    /// Gives the claims of a check up. When that fails, a collection does it.
    private func release(_ upload: UploadID) async {
        try? await metadata.dropUpload(upload)
        try? await uploads.releaseClaims(of: upload)
    }

    private func repair(_ problems: [FsckProblem], upload: UploadID) async throws(CacheError) -> [FsckFinding] {
        var repaired: Set<FsckProblem.Identity> = []
        let lost = problems.filter { if case .markLost = $0.remedy { true } else { false } }
        let lostIDs = Set(lost.map(\.target))
        if !lost.isEmpty {
            let instant = try await metadata.markLost(
                lostIDs.sorted(), by: .absence, upload: upload, writeWindow: uploads.times.writeWindow)
            if instant != nil { repaired.formUnion(lost.map(\.identity)) }
        }
        var links: [FsckProblem] = []
        for problem in problems where !lostIDs.contains(problem.target) {
            switch problem.remedy {
            case .none, .markLost, .cut: break
            case .link: links.append(problem)
            case .correctSize(let size):
                if try await metadata.correctSize(of: problem.subject, to: size) { repaired.insert(problem.identity) }
            }
        }
        repaired.formUnion(try await cut(problems.filter { !lostIDs.contains($0.target) }, upload: upload))
        // A push that comes upon what has no row takes the object for lost.
        links.removeAll { link in
            problems.contains {
                $0.target == link.target && $0.kind == .danglingReferences && !repaired.contains($0.identity)
            }
        }
        if !links.isEmpty, try await link(links) { repaired.formUnion(links.map(\.identity)) }
        return problems.map { problem in
            // What is to be pushed again needs nothing else.
            problem.finding(isRepaired: repaired.contains(problem.identity) || lostIDs.contains(problem.target))
        }
    }

    /// Leaves out refs: of each object once, whatever speaks against them.
    private func cut(
        _ problems: [FsckProblem], upload: UploadID
    ) async throws(CacheError) -> Set<FsckProblem.Identity> {
        var done: [ObjectID: Bool] = [:]
        var repaired: Set<FsckProblem.Identity> = []
        for problem in problems {
            guard case .cut(let kept) = problem.remedy else { continue }
            let row = problem.subject
            if done[row.id] == nil {
                // A write that is on its way may bring another text.
                done[row.id] =
                    row.busyUntil <= row.instant
                    ? try await metadata.cutReferences(of: row, to: kept, upload: upload) : false
            }
            if done[row.id] == true { repaired.insert(problem.identity) }
        }
        return repaired
    }

    /// Adds refs as a push does that lists both ends: it claims all that is reached, and a collection under way sees the
    /// claims.
    private func link(_ problems: [FsckProblem]) async throws(CacheError) -> Bool {
        var refs: [ObjectKey: [String]] = [:]
        for problem in problems {
            guard case .link(let keys) = problem.remedy else { continue }
            refs[problem.targetKey, default: []] += keys
            for key in keys { refs[try ObjectKey(key), default: []] += [] }
        }
        let upload = try await metadata.beginUpload(NewUpload(roots: [], external: [])).id
        do throws(CacheError) {
            for chunk in refs.sorted(by: { $0.key < $1.key }).chunked(10_000) {
                let claims = chunk.map { NewClaim(key: $0.key, refs: $0.value, isListed: false) }
                let answer = try await metadata.claimChunk(
                    claims, upload: upload, writeWindow: uploads.times.writeWindow)
                guard let answer else { throw .noUpload(upload) }
                guard answer.entries.allSatisfy({ $0.id != nil }) else {
                    await release(upload)
                    return false
                }
            }
            try await uploads.complete(upload.description)
            return true
        } catch {
            await release(upload)
            guard error.code == .conflict else { throw error }
            // Something that is reached is not there: it is told of itself.
            return false
        }
    }
}
