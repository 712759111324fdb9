/// The references of all objects, one after the other, four bytes each.
///
/// First the numbers of the objects referred to are appended; then ``resolve(_:)`` replaces them by the positions of
/// their rows, in place.
struct ReferenceColumn: Sendable {
    /// Numbers below 2³², or the lower half of larger ones.
    private var low: [UInt32] = []
    /// The upper halves from ``highBegin`` on; empty while no number needs one.
    private var high: [UInt32] = []
    private var highBegin = 0

    /// Stands for a reference to an object without a row.
    private static let dangling = UInt32.max

    var count: Int { low.count }

    mutating func reserve(_ count: Int) { low.reserveCapacity(count) }

    mutating func append(_ number: ObjectID) {
        let bits = UInt64(bitPattern: number)
        if bits >> 32 != 0, high.isEmpty { highBegin = low.count }
        if bits >> 32 != 0 || !high.isEmpty { high.append(UInt32(bits >> 32)) }
        low.append(UInt32(truncatingIfNeeded: bits))
    }

    /// Replaces numbers by positions.
    /// - Returns: how many references lead to no row.
    mutating func resolve(_ numbers: DenseNumbers) -> Int {
        var dangling = 0
        for index in low.indices {
            let upper = index >= highBegin && !high.isEmpty ? UInt64(high[index - highBegin]) << 32 : 0
            if let position = numbers.position(of: ObjectID(bitPattern: upper | UInt64(low[index]))) {
                low[index] = UInt32(position)
            } else {
                low[index] = ReferenceColumn.dangling
                dangling += 1
            }
        }
        high = []
        return dangling
    }

    /// The position that a resolved reference leads to; nil when there is no row.
    subscript(index: Int) -> Int? {
        low[index] == ReferenceColumn.dangling ? nil : Int(low[index])
    }
}
