/// Values by key in bounded memory: what was not asked for the longest goes first.
struct LeastRecentlyUsed<Value: Sendable>: Sendable {
    private struct Node {
        var key: String
        /// Nil while nothing is kept here.
        var value: Value?
        var cost: Int
        var older: Int
        var newer: Int
    }

    /// What all values may cost together.
    let capacity: Int
    /// What they cost now.
    private(set) var cost = 0

    private var places: [String: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var oldest = none
    private var newest = none

    private static var none: Int { -1 }

    /// - Parameter capacity: what all values may cost together; with 0 nothing is kept.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many values there are.
    var count: Int { places.count }

    /// The value of a key, which counts as used now.
    mutating func value(for key: String) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return nodes[place].value
    }

    /// Keeps a value, in place of an earlier one of its key. One that is larger than everything together is not kept.
    mutating func insert(_ value: Value, for key: String, cost: Int) {
        remove(key)
        guard cost <= capacity else { return }
        while self.cost > capacity - cost { removeNode(oldest) }
        let node = Node(key: key, value: value, cost: cost, older: Self.none, newer: Self.none)
        let place: Int
        if let last = free.popLast() {
            place = last
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        self.cost += cost
        link(place)
    }

    /// Forgets a key.
    mutating func remove(_ key: String) {
        if let place = places[key] { removeNode(place) }
    }

    private mutating func removeNode(_ place: Int) {
        unlink(place)
        cost -= nodes[place].cost
        places[nodes[place].key] = nil
        nodes[place].value = nil
        nodes[place].key = ""
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (nodes[place].older, nodes[place].newer)
        if older == Self.none { oldest = newer } else { nodes[older].newer = newer }
        if newer == Self.none { newest = older } else { nodes[newer].older = older }
    }

    private mutating func link(_ place: Int) {
        nodes[place].older = newest
        nodes[place].newer = Self.none
        if newest == Self.none { oldest = place } else { nodes[newest].newer = place }
        newest = place
    }
}
