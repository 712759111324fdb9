/// A walk over references, breadth first, that remembers how it came to each object.
struct ReferenceWalk: Sendable {
    /// The positions that were reached.
    private(set) var reached: BitSet
    /// From which position each was reached, or `-1 - index` of the root that it is.
    private var origins: [Int32]

    /// Walks.
    /// - Parameters:
    ///   - roots: the positions of the roots; nil where there is no row.
    ///   - begins: where the references of each position begin; they end where those of the next begin.
    ///   - references: resolved to positions.
    init(from roots: [Int?], begins: [UInt32], references: ReferenceColumn) {
        var reached = BitSet(bound: begins.count)
        var origins = [Int32](repeating: 0, count: begins.count)
        var queue: [Int32] = []
        for (index, root) in roots.enumerated() {
            guard let root, reached.insert(root) else { continue }
            origins[root] = Int32(-1 - index)
            queue.append(Int32(root))
        }
        var next = 0
        while next < queue.count {
            let position = Int(queue[next])
            next += 1
            let end = position + 1 < begins.count ? Int(begins[position + 1]) : references.count
            for index in Int(begins[position])..<end {
                guard let target = references[index], reached.insert(target) else { continue }
                origins[target] = Int32(position)
                queue.append(Int32(target))
            }
        }
        self.reached = reached
        self.origins = origins
    }

    /// How a position was reached.
    /// - Returns: the index of the root, and the positions from it on; nil when it was not reached.
    func path(to position: Int) -> (root: Int, positions: [Int])? {
        guard reached.contains(position) else { return nil }
        var positions = [position]
        var origin = Int(origins[position])
        while origin >= 0 {
            positions.append(origin)
            origin = Int(origins[origin])
        }
        return (-1 - origin, positions.reversed())
    }
}
