/// Finds the position of an object's row by its number.
///
/// A direct table while the largest number is at most eight times the rows, which it is unless most objects that ever
/// were are gone; else a hash table.
struct DenseNumbers: Sendable {
    /// Positions by number, or by slot; -1 for none.
    private let table: [Int32]
    /// The numbers by position, where a slot has to be checked; empty for a direct table.
    private let numbers: [ObjectID]
    /// By how many bits a product is shifted to give a slot.
    private let shift: UInt64

    /// Makes an index.
    /// - Parameter numbers: the numbers of the rows, each once, none negative.
    init(_ numbers: [ObjectID]) {
        let largest = numbers.max() ?? 0
        if largest / 8 <= numbers.count {
            var table = [Int32](repeating: -1, count: Int(largest) + 1)
            for (position, number) in numbers.enumerated() { table[Int(number)] = Int32(position) }
            self.table = table
            self.numbers = []
            shift = 0
        } else {
            let bits = Int.bitWidth - (2 * numbers.count).leadingZeroBitCount
            shift = UInt64(64 - bits)
            var table = [Int32](repeating: -1, count: 1 << bits)
            for (position, number) in numbers.enumerated() {
                var slot = DenseNumbers.slot(of: number, shift)
                while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
                table[slot] = Int32(position)
            }
            self.table = table
            self.numbers = numbers
        }
    }

    /// Spreads numbers that follow each other (by the golden ratio).
    private static func slot(of number: ObjectID, _ shift: UInt64) -> Int {
        Int((UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    /// The position of a row; nil when there is none of that number.
    func position(of number: ObjectID) -> Int? {
        if numbers.isEmpty {
            guard number >= 0, number < table.count else { return nil }
            let position = table[Int(number)]
            return position < 0 ? nil : Int(position)
        }
        var slot = DenseNumbers.slot(of: number, shift)
        while table[slot] >= 0 {
            let position = Int(table[slot])
            if numbers[position] == number { return position }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }
}
