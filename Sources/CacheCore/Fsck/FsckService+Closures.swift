extension FsckService {
    /// Finds the closures that are not whole: from what is not there, over all that refers to it, to the roots.
    func checkClosures(_ position: inout FsckPosition, _ report: Report) async throws(CacheError) {
        let roots = try await incompleteRoots()
        for root in roots where position.after.utf8.lexicographicallyPrecedes(root.utf8) {
            let missing = try await metadata.incompleteObjects(ofClosure: root, limit: 4)
            let findings =
                missing.isEmpty
                ? []
                : [FsckFinding(kind: .incomplete, key: root, detail: "it needs \(missing.map(\.text).listed)")]
            try await finish(findings, upTo: root, &position, report)
        }
    }

    private func incompleteRoots() async throws(CacheError) -> [String] {
        let incomplete = try await metadata.incompleteObjects()
        var reached = Set(incomplete)
        var frontier = incomplete
        while !frontier.isEmpty {
            var next: [ObjectID] = []
            for chunk in frontier.chunked(10_000) {
                for id in try await metadata.referrers(of: Array(chunk)) where reached.insert(id).inserted {
                    next.append(id)
                }
                guard !Task.isCancelled else { throw FsckService.interrupted }
            }
            frontier = next
        }
        var roots: Set<String> = []
        for chunk in Array(reached).chunked(10_000) {
            roots.formUnion(try await metadata.closures(keeping: Array(chunk)))
        }
        return roots.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension InspectedObject.Reference {
    /// What it is, for a finding.
    fileprivate var text: String {
        guard let key, let state else { return "what has no row (number \(id))" }
        return "\(key), which is \(state == .uploading ? "not there" : "being deleted")"
    }
}
