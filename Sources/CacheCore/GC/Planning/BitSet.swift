/// A set of the numbers below a bound, one bit each.
struct BitSet: Sendable {
    private var words: [UInt64]
    /// How many numbers it holds.
    private(set) var count = 0

    /// Makes an empty set of numbers below `bound`.
    init(bound: Int) {
        words = [UInt64](repeating: 0, count: (bound + 63) / 64)
    }

    /// Whether it holds a number.
    func contains(_ number: Int) -> Bool {
        words[number >> 6] & (1 << UInt64(number & 63)) != 0
    }

    /// Adds a number.
    /// - Returns: whether it is new.
    @discardableResult
    mutating func insert(_ number: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(number & 63)
        guard words[number >> 6] & bit == 0 else { return false }
        words[number >> 6] |= bit
        count += 1
        return true
    }

    /// The smallest number that is not below a bound; nil when there is none.
    func first(from bound: Int) -> Int? {
        var index = bound >> 6
        guard index < words.count else { return nil }
        var word = words[index] & (.max << UInt64(bound & 63))
        while word == 0 {
            index += 1
            guard index < words.count else { return nil }
            word = words[index]
        }
        return index << 6 + word.trailingZeroBitCount
    }
}
