/// The order in which narinfos and realisations are written: each as soon as what it refers to is there.
///
/// References in a circle, as to itself, do not count: no order satisfies them.
public struct PublishOrder: Sendable {
    private let items: [PublishItem]
    /// Who waits for an item, by position.
    private var dependents: [[Int]]
    /// For how many others an item waits.
    private var waits: [Int]
    private let positions: [ObjectID: Int]
    private var ready: [Int] = []
    private var nextReady = 0

    /// Makes an order.
    /// - Parameter items: what is to be written; references to anything else are there already.
    public init(_ items: [PublishItem]) {
        self.items = items
        let positions = Dictionary(items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.positions = positions
        let targets = items.map { item in Set(item.refs.compactMap { positions[$0] }).sorted() }
        let circle = StronglyConnectedComponents(targets).component
        dependents = Array(repeating: [], count: items.count)
        waits = Array(repeating: 0, count: items.count)
        for (source, list) in targets.enumerated() {
            for target in list where circle[source] != circle[target] {
                dependents[target].append(source)
                waits[source] += 1
            }
        }
        ready = items.indices.filter { waits[$0] == 0 }
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

    /// Notes that something taken is there now.
    public mutating func finish(_ id: ObjectID) {
        guard let position = positions[id] else { return }
        for dependent in dependents[position] {
            waits[dependent] -= 1
            if waits[dependent] == 0 { ready.append(dependent) }
        }
        dependents[position] = []
    }
}
