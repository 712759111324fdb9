import NarKit

extension FsckService {
    /// What came of looking at some objects.
    struct Look: Sendable {
        var problems: [FsckProblem] = []
        var nars: Int64 = 0
        var narBytes: Int64 = 0
    }

    /// Looks at objects that the database takes to be there.
    /// - Parameter sizes: what the listing of the bucket says already.
    func look(
        at rows: [InspectedObject], sizes: [String: Int64], isDeep: Bool
    ) async throws(CacheError) -> Look {
        var look = Look()
        let single = try await concurrently(rows, limit: uploads.settings.storeConcurrency) {
            row throws(CacheError) in
            try await self.lookInBucket(row, listedSize: sizes[row.key.text])
        }
        var narInfos: [Int: StoredNarInfo] = [:]
        for (index, one) in single.enumerated() {
            look.problems += one.problems
            narInfos[index] = one.narInfo
        }
        try await compareReferences(of: rows, with: narInfos, &look)
        if isDeep { try await readNars(of: rows, narInfos, &look) }
        return look
    }

    /// What looking at one object gave.
    private struct One: Sendable {
        var problems: [FsckProblem] = []
        var narInfo: StoredNarInfo?
    }

    private func lookInBucket(_ row: InspectedObject, listedSize: Int64?) async throws(CacheError) -> One {
        guard row.key.type.isText else {
            return One(problems: try await sizeProblem(of: row, listedSize: listedSize).map { [$0] } ?? [])
        }
        let bytes: [UInt8]?
        do throws(CacheError) {
            bytes = try await uploads.text(at: row.key.text)
        } catch {
            switch error.code {
            case .invalidRequest: return One(problems: [FsckProblem(row, .text, error.message, .markLost)])
            case .internal: return One(problems: [FsckProblem(row, .unreadable, error.message, .none)])
            default: throw error
            }
        }
        guard let bytes else { return One(problems: [.lost(row)]) }
        var one = One()
        if let size = row.size, size != Int64(bytes.count) {
            one.problems.append(.size(row, Int64(bytes.count)))
        }
        do throws(CacheError) {
            if row.key.type == .narinfo {
                one.narInfo = try StoredNarInfo(
                    bytes, key: row.key, storeDirectory: uploads.settings.storeDirectory)
            } else {
                _ = try StagedText.realisation(
                    bytes, key: row.key, storeDirectory: uploads.settings.storeDirectory)
            }
        } catch {
            one.problems = [FsckProblem(row, .text, error.message, .markLost)]
        }
        return one
    }

    private func sizeProblem(
        of row: InspectedObject, listedSize: Int64?
    ) async throws(CacheError) -> FsckProblem? {
        if let listedSize, listedSize == row.size, listedSize > 0 { return nil }
        let found: ObjectAttributes?
        do throws(ObjectStoreError) {
            found = try await objects.attributes(of: row.key.text)
        } catch {
            guard !error.isRetryable else { throw CacheError(error) }
            return FsckProblem(row, .unreadable, error.message, .none)
        }
        guard let size = found?.size else { return .lost(row) }
        if row.key.type == .nar, size == 0 { return FsckProblem(row, .nar, "it is empty", .markLost) }
        guard let known = row.size, known != size else { return nil }
        return .size(row, size)
    }
}

extension FsckProblem {
    fileprivate static func lost(_ row: InspectedObject) -> FsckProblem {
        FsckProblem(row, .lost, "the bucket has no such object", .markLost)
    }

    fileprivate static func size(_ row: InspectedObject, _ size: Int64) -> FsckProblem {
        FsckProblem(
            row, .size, "it has \(size) bytes, the database says \(row.size ?? 0)", .correctSize(size))
    }
}
