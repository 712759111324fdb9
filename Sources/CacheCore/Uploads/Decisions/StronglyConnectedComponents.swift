/// Which nodes of a directed graph lie on a circle with each other.
///
/// Source: R. Tarjan, Depth-first search and linear graph algorithms (1972); without recursion, since closures are deep.
struct StronglyConnectedComponents {
    /// The component of each node; equal numbers lie on a circle with each other.
    private(set) var component: [Int]
    /// How many components there are; they are numbered from 0.
    private(set) var count = 0

    /// Finds the components.
    /// - Parameter targets: for each node the nodes its edges lead to.
    init(_ targets: [[Int]]) {
        let unseen = -1
        component = Array(repeating: unseen, count: targets.count)
        var order = Array(repeating: unseen, count: targets.count)
        var lowest = Array(repeating: unseen, count: targets.count)
        var open: [Int] = []
        var path: [(node: Int, edge: Int)] = []
        var counter = 0
        for start in targets.indices where order[start] == unseen {
            path.append((start, 0))
            while let (node, edge) = path.last {
                // The first visit of a node; the counter of its edges moves on before the next.
                if edge == 0 {
                    order[node] = counter
                    lowest[node] = counter
                    counter += 1
                    open.append(node)
                }
                if edge < targets[node].count {
                    path[path.count - 1].edge += 1
                    let target = targets[node][edge]
                    if order[target] == unseen {
                        path.append((target, 0))
                    } else if component[target] == unseen {
                        lowest[node] = min(lowest[node], order[target])
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
                guard lowest[node] == order[node] else { continue }
                while let member = open.popLast() {
                    component[member] = count
                    if member == node { break }
                }
                count += 1
            }
        }
    }
}
