import Testing

@testable import CacheServer

@Suite struct LeastRecentlyUsedTests {
    @Test func forgetsWhatWasUsedLongestAgo() {
        var values = LeastRecentlyUsed<Int>(capacity: 30)
        for (number, key) in ["a", "b", "c"].enumerated() { values.insert(number, for: key, cost: 10) }
        #expect(values.value(for: "a") == 0)
        values.insert(3, for: "d", cost: 10)
        #expect(values.value(for: "b") == nil)
        #expect(["a", "c", "d"].map { values.value(for: $0) } == [0, 2, 3])
        values.insert(4, for: "e", cost: 15)
        #expect(["a", "c", "d", "e"].map { values.value(for: $0) } == [nil, nil, 3, 4])
        #expect(values.cost == 25)
        #expect(values.count == 2)
    }

    @Test func replacesAndForgets() {
        var values = LeastRecentlyUsed<Int>(capacity: 30)
        values.insert(1, for: "a", cost: 10)
        values.insert(2, for: "a", cost: 20)
        #expect(values.value(for: "a") == 2)
        #expect(values.cost == 20)
        values.remove("a")
        values.remove("a")
        #expect(values.value(for: "a") == nil)
        #expect(values.cost == 0)
        values.insert(3, for: "b", cost: 30)
        #expect(values.value(for: "b") == 3)
    }

    @Test func keepsNothingThatIsTooLarge() {
        var values = LeastRecentlyUsed<Int>(capacity: 30)
        values.insert(1, for: "a", cost: 10)
        values.insert(2, for: "b", cost: 31)
        #expect(values.value(for: "b") == nil)
        #expect(values.value(for: "a") == 1)
        // What it was to replace is gone nevertheless.
        values.insert(2, for: "a", cost: 31)
        #expect(values.value(for: "a") == nil)
        var nothing = LeastRecentlyUsed<Int>(capacity: 0)
        nothing.insert(1, for: "a", cost: 1)
        #expect(nothing.count == 0)
    }

    /// Against a list that is searched.
    @Test func behavesAsAList() {
        var values = LeastRecentlyUsed<Int>(capacity: 50)
        var list: [(key: String, value: Int, cost: Int)] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<5000 {
            let key = String(Int.random(in: 0..<12, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                values.remove(key)
                list.removeAll { $0.key == key }
            case 1:
                let found = list.firstIndex { $0.key == key }.map { list.remove(at: $0) }
                if let found { list.append(found) }
                #expect(values.value(for: key) == found?.value)
            default:
                let cost = Int.random(in: 1..<20, using: &generator)
                values.insert(number, for: key, cost: cost)
                list.removeAll { $0.key == key }
                while list.reduce(0, { $0 + $1.cost }) > 50 - cost { list.removeFirst() }
                list.append((key, number, cost))
            }
            #expect(values.cost == list.reduce(0) { $0 + $1.cost })
            #expect(values.count == list.count)
        }
        #expect(list.allSatisfy { values.value(for: $0.key) == $0.value })
    }
}
