import CacheCore
import Testing

@Suite("The order of publishing")
struct PublishOrderTests {
    static let package = TestPackage("x")

    private func items(_ refs: [[ObjectID]]) throws -> [PublishItem] {
        let key = try ObjectKey(Self.package.key)
        return refs.enumerated().map { PublishItem(id: ObjectID($0), key: key, refs: $1) }
    }

    /// Publishes with a number of writers, finishing the oldest first.
    private func publish(_ refs: [[ObjectID]], writers: Int) throws -> [ObjectID] {
        var order = PublishOrder(try items(refs))
        var running: [ObjectID] = []
        var finished: [ObjectID] = []
        while true {
            running += order.takeReady(writers - running.count).map(\.id)
            guard !running.isEmpty else { return finished }
            let id = running.removeFirst()
            order.finish(id)
            finished.append(id)
        }
    }

    @Test(
        "puts what is referred to first",
        arguments: [
            ([[], [0], [1], [2]], [0, 1, 2, 3]), ([[1], [2], [3], []], [3, 2, 1, 0]), ([[0], [0, 1]], [0, 1]),
            ([[99], [0, 99]], [0, 1]), ([[1, 2], [], [], [0]], [1, 2, 0, 3]), ([], []),
        ] as [([[ObjectID]], [ObjectID])])
    func order(refs: [[ObjectID]], expected: [ObjectID]) throws {
        #expect(try publish(refs, writers: 1) == expected)
    }

    @Test("takes circles as they come, but what refers to them after all of them")
    func circles() throws {
        // 0 → 1 ⇄ 2, 3 → 0, and 2 → 4.
        for writers in 1...5 {
            let order = try publish([[1], [2], [1, 4], [0], []], writers: writers)
            let position = { (id: ObjectID) in order.firstIndex(of: id) ?? -1 }
            #expect(order.sorted() == [0, 1, 2, 3, 4])
            #expect(position(4) < position(2))
            #expect(max(position(1), position(2)) < position(0))
            #expect(position(0) < position(3))
        }
    }

    @Test("goes on with each as soon as its own references are there")
    func eager() throws {
        // Two chains: the second link of one does not wait for the first link of the other.
        var order = PublishOrder(try items([[], [0], [], [2]]))
        #expect(order.takeReady(10).map(\.id) == [0, 2])
        order.finish(0)
        #expect(order.takeReady(10).map(\.id) == [1])
        #expect(!order.hasReady)
        order.finish(2)
        #expect(order.hasReady)
        #expect(order.takeReady(0).isEmpty)
        #expect(order.takeReady(10).map(\.id) == [3])
    }

    @Test("of random graphs never puts anything before what it refers to")
    func random() throws {
        var generator = SplitMix(seed: 7)
        for _ in 0..<200 {
            let count = Int.random(in: 1...30, using: &generator)
            // References to smaller numbers only: no circles but those to itself.
            let refs = (0..<count).map { node in
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    ObjectID(Int.random(in: 0...node, using: &generator))
                }
            }
            let order = try publish(refs, writers: Int.random(in: 1...8, using: &generator))
            #expect(order.count == count)
            var done: Set<ObjectID> = []
            for id in order {
                #expect(refs[Int(id)].allSatisfy { $0 == id || done.contains($0) })
                done.insert(id)
            }
        }
    }

    @Test("of a chain of 100,000 does not recurse")
    func deep() throws {
        let refs = (0..<100_000).map { $0 == 0 ? [] : [ObjectID($0 - 1)] }
        var order = PublishOrder(try items(refs))
        #expect(order.takeReady(10).map(\.id) == [0])
        order.finish(0)
        #expect(order.takeReady(10).map(\.id) == [1])
    }
}

/// A small generator whose sequence is the same on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators (2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
