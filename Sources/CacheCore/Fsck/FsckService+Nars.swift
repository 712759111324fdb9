import NarKit

extension FsckService {
    /// Reads the NARs of narinfos whole, and looks at the signatures.
    func readNars(
        of rows: [InspectedObject], _ narInfos: [Int: StoredNarInfo], _ look: inout Look
    ) async throws(CacheError) {
        let work = narInfos.sorted { $0.key < $1.key }.map { NarWork(row: rows[$0.key], text: $0.value) }
        for one in work { look.problems += signatureProblem(one) }
        let read = try await concurrently(work, limit: settings.narConcurrency) { one throws(CacheError) in
            try await self.read(one)
        }
        for outcome in read {
            look.problems += outcome.problems
            look.nars += outcome.isRead ? 1 : 0
            look.narBytes += outcome.bytes
        }
    }

    private struct NarWork: Sendable {
        var row: InspectedObject
        var text: StoredNarInfo
    }

    /// What came of reading a NAR.
    private struct NarOutcome: Sendable {
        var problems: [FsckProblem] = []
        var isRead = false
        var bytes: Int64 = 0
    }

    private func signatureProblem(_ work: NarWork) -> [FsckProblem] {
        guard let keys = settings.trustedKeys, !work.text.narInfo.isSigned(by: keys) else { return [] }
        return [FsckProblem(work.row, .signature, "no key of the cache vouches for it", .none)]
    }

    private func read(_ work: NarWork) async throws(CacheError) -> NarOutcome {
        let key = work.text.narKey
        // What the row does not lead to, or what is not live, is told otherwise.
        guard let nar = work.row.refs.first(where: { $0.key == key }), nar.state?.isPresent == true else {
            return NarOutcome()
        }
        var failure = ""
        for _ in 0..<max(1, settings.narAttempts) {
            do {
                return try await readOnce(work, nar: nar.id)
            } catch let error as CacheError {
                throw error
            } catch {
                // The bytes that a disk or a connection does not give.
                failure = "\(error)"
            }
            guard !Task.isCancelled else { throw FsckService.interrupted }
        }
        return NarOutcome(
            problems: [FsckProblem(work.row, nar: nar.id, key: key, .unreadable, failure, .none)])
    }

    /// - Throws: ``CacheError`` when the object store does not answer; anything else when the bytes break off.
    private func readOnce(_ work: NarWork, nar: ObjectID) async throws -> NarOutcome {
        let key = work.text.narKey
        let content: ObjectContent?
        do throws(ObjectStoreError) {
            content = try await objects.content(of: key.text, range: nil)
        } catch {
            if error.isRetryable { throw CacheError(error) }
            throw error
        }
        // Lost: that is told of the object itself.
        guard let content else { return NarOutcome() }
        var outcome = NarOutcome(isRead: true)
        var reading = try NarReading(work.text)
        var problem: String?
        for try await chunk in content.body {
            problem = reading.take(chunk)
            if problem != nil { break }
        }
        problem = problem ?? reading.finish()
        outcome.bytes = reading.narBytes
        if let problem {
            outcome.problems.append(FsckProblem(work.row, nar: nar, key: key, .nar, problem, .markLost))
        } else if let problem = reading.fileProblem {
            outcome.problems.append(FsckProblem(work.row, .text, problem, .markLost))
        }
        return outcome
    }
}
