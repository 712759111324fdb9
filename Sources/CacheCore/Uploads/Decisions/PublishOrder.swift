/// The order in which narinfos and realisations are written: each as soon as what it refers to is there.
///
/// What refers to each other in a circle is written together, since no order satisfies it.
public struct PublishOrder: Sendable {
    private let items: [PublishItem]
    /// The circle of an item, by position; most have one of their own.
    private let circleOf: [Int]
    private let positions: [ObjectID: Int]
    /// The positions of a circle's items.
    private var members: [[Int]]
    /// How many items of a circle are not there yet.
    private var missing: [Int]
    /// Which circles wait for a circle.
    private var dependents: [[Int]]
    /// For how many others a circle waits.
    private var waits: [Int]
    private var ready: [Int] = []
    private var nextReady = 0

    /// Makes an order.
    /// - Parameter items: what is to be written; references to anything else are there already.
    public init(_ items: [PublishItem]) {
        self.items = items
        let positions = Dictionary(items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.positions = positions
        let targets = items.map { item in item.refs.compactMap { positions[$0] } }
        let components = StronglyConnectedComponents(targets)
        circleOf = components.component
        members = Array(repeating: [], count: components.count)
        dependents = Array(repeating: [], count: components.count)
        waits = Array(repeating: 0, count: components.count)
        for (position, circle) in circleOf.enumerated() { members[circle].append(position) }
        missing = members.map(\.count)
        for circle in members.indices {
            var awaited: Set<Int> = []
            for position in members[circle] {
                for target in targets[position] where circleOf[target] != circle { awaited.insert(circleOf[target]) }
            }
            for target in awaited { dependents[target].append(circle) }
            waits[circle] = awaited.count
        }
        ready = items.indices.filter { waits[circleOf[$0]] == 0 }
    }

    /// Whether there is something that could be written now.
    public var hasReady: Bool { nextReady < ready.count }

    /// Takes what can be written now.
    /// - Parameter limit: at most so many.
    public mutating func takeReady(_ limit: Int) -> [PublishItem] {
        let end = min(ready.count, nextReady + limit)
        defer { nextReady = end }
        return ready[nextReady..<end].map { items[$0] }
    }

    /// Notes that something taken is there now. To be called once for each.
    public mutating func finish(_ id: ObjectID) {
        guard let position = positions[id] else { return }
        let circle = circleOf[position]
        missing[circle] -= 1
        guard missing[circle] == 0 else { return }
        for dependent in dependents[circle] {
            waits[dependent] -= 1
            if waits[dependent] == 0 { ready += members[dependent] }
        }
    }
}
