extension FsckService {
    /// Compares what rows refer to with what texts do.
    /// - Parameter narInfos: the texts that could be read, by the position of their rows.
    func compareReferences(
        of rows: [InspectedObject], with narInfos: [Int: StoredNarInfo], _ look: inout Look
    ) async throws(CacheError) {
        var uncovered: Set<String> = []
        for (index, text) in narInfos {
            let known = Set(rows[index].refs.compactMap(\.key?.text))
            for key in text.keys where !known.contains(key) { uncovered.insert(key) }
        }
        var states: [String: ObjectState] = [:]
        for chunk in uncovered.sorted().chunked(10_000) {
            states.merge(try await metadata.states(of: Array(chunk))) { $1 }
        }
        for (index, row) in rows.enumerated() {
            if let text = narInfos[index] {
                look.problems += problems(of: row, text, others: states)
            } else if !look.problems.contains(where: { $0.subject.id == row.id }) {
                look.problems += row.danglingProblem(.cut(row.refs.filter { $0.key != nil }.map(\.id)))
            }
        }
    }

    /// - Parameter states: of the keys that the text refers to and the row does not, as far as there are objects.
    private func problems(
        of row: InspectedObject, _ text: StoredNarInfo, others states: [String: ObjectState]
    ) -> [FsckProblem] {
        let known = Set(row.refs.compactMap(\.key?.text))
        let uncovered = text.keys.filter { !known.contains($0) }
        let there = uncovered.filter { states[$0]?.isPresent == true }
        let isNarKnown = known.contains(text.narKey.text) || there.contains(text.narKey.text)
        // Listings, realisations and logs are in no text.
        let wanted = Set(text.keys)
        let surplus = row.refs.filter { ref in
            ref.key.map { $0.type.isRequired && !wanted.contains($0.text) } ?? false
        }
        let surplusIDs = Set(surplus.map(\.id))
        let kept = row.refs.filter { $0.key != nil && !surplusIDs.contains($0.id) }.map(\.id)
        var problems: [FsckProblem] = []
        if !there.isEmpty {
            problems.append(
                FsckProblem(
                    row, .missingReferences, "its row lacks \(there.listed), which its text refers to", .link(there)))
        }
        if !isNarKnown {
            problems.append(
                FsckProblem(
                    row, .missingReferences, "its NAR \(text.narKey) is not in the cache", .markLost))
        }
        // What vanished may be what the text needs: then it has to be pushed again, as by a push that finds this.
        problems += row.danglingProblem(there.count == uncovered.count ? .cut(kept) : .markLost)
        if !surplus.isEmpty {
            problems.append(
                FsckProblem(
                    row, .surplusReferences,
                    "its row also refers to \(surplus.compactMap(\.key?.text).listed), its text does not", .cut(kept)))
        }
        return problems
    }
}

extension InspectedObject {
    fileprivate func danglingProblem(_ remedy: FsckProblem.Remedy) -> [FsckProblem] {
        let vanished = refs.filter { $0.key == nil }.map { "\($0.id)" }
        guard !vanished.isEmpty else { return [] }
        return [
            FsckProblem(
                self, .danglingReferences, "its row refers to what has no row (number \(vanished.listed))", remedy)
        ]
    }
}

extension [String] {
    /// The first three, and how many more there are.
    var listed: String {
        prefix(3).joined(separator: ", ") + (count > 3 ? " and \(count - 3) more" : "")
    }
}
