extension FsckService {
    /// How many pages of the bucket's listing are read for one page of objects; what is not among them is asked for.
    private static let listedPages = 4

    /// Goes through what the database knows.
    func checkObjects(_ position: inout FsckPosition, _ report: Report) async throws(CacheError) {
        let options = position.options
        while true {
            let page = try await metadata.inspect(after: position.after, limit: settings.pageSize)
            guard let last = page.last else { return }
            let present = page.filter(\.state.isPresent)
            let sizes = try await listedSizes(of: present, after: position.after)
            let first = try await look(at: present, sizes: sizes, isDeep: options.isDeep)
            position.summary.nars += first.nars
            position.summary.narBytes += first.narBytes
            position.summary.objects += Int64(page.count)
            var findings: [FsckFinding] = []
            if !first.problems.isEmpty {
                findings =
                    options.repairs
                    ? try await repair(first.problems, isDeep: options.isDeep)
                    : try await confirm(first.problems, isDeep: options.isDeep)
            }
            try await finish(findings, upTo: last.key.text, &position, report)
        }
    }

    /// Looks a second time, at rows that are read anew.
    private func confirm(_ problems: [FsckProblem], isDeep: Bool) async throws(CacheError) -> [FsckFinding] {
        try await secondLook(at: problems, isDeep: isDeep).map { $0.finding(isRepaired: false) }
    }

    /// The problems that are still there.
    func secondLook(
        at problems: [FsckProblem], isDeep: Bool
    ) async throws(CacheError) -> [FsckProblem] {
        let first = Set(problems.map(\.identity))
        let rows = try await metadata.inspect(Set(problems.map(\.subject.key.text)).sorted())
        let look = try await look(at: rows.filter(\.state.isPresent), sizes: [:], isDeep: isDeep)
        return look.problems.filter { first.contains($0.identity) }
    }

    /// The sizes of objects, as far as the listing of the bucket has them.
    ///
    /// One request tells of a thousand objects. Not all services list in the order of the keys: what is not found here
    /// is asked for by itself.
    private func listedSizes(
        of rows: [InspectedObject], after: String
    ) async throws(CacheError) -> [String: Int64] {
        let wanted = Set(rows.lazy.filter { !$0.key.type.isText }.map(\.key.text))
        guard let last = wanted.max(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) else { return [:] }
        var sizes: [String: Int64] = [:]
        var cursor: String? = after.isEmpty ? nil : after
        for _ in 0..<FsckService.listedPages {
            let (objects, start) = (objects, cursor)
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: "", after: start, limit: 1000)
            }
            for object in page.objects where wanted.contains(object.key) { sizes[object.key] = object.size }
            guard page.hasMore, let end = page.objects.last?.key, sizes.count < wanted.count,
                end.utf8.lexicographicallyPrecedes(last.utf8),
                cursor.map({ $0.utf8.lexicographicallyPrecedes(end.utf8) }) ?? true
            else { break }
            cursor = end
        }
        return sizes
    }
}

extension ObjectType {
    /// Whether objects are small texts that only the server writes.
    var isText: Bool { !isWrittenByClients }
}
