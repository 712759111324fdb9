/// Some objects of a plan, in the order in which they were added.
public struct GCObjectSet: Sequence, Sendable {
    private let numbers: [ObjectID]
    private let members: BitSet
    /// The sum of their sizes in bytes, as stored.
    public let bytes: Int64

    init(numbers: [ObjectID], members: BitSet, bytes: Int64) {
        self.numbers = numbers
        self.members = members
        self.bytes = bytes
    }

    /// How many objects they are.
    public var count: Int { members.count }

    func contains(position: Int) -> Bool { members.contains(position) }

    /// Goes through the numbers.
    public func makeIterator() -> Iterator { Iterator(numbers: numbers, members: members) }

    /// Goes through the numbers of the objects.
    public struct Iterator: IteratorProtocol {
        let numbers: [ObjectID]
        let members: BitSet
        private var cursor = 0

        init(numbers: [ObjectID], members: BitSet) {
            self.numbers = numbers
            self.members = members
        }

        /// The next object's number.
        public mutating func next() -> ObjectID? {
            guard let position = members.first(from: cursor) else { return nil }
            cursor = position + 1
            return numbers[position]
        }
    }
}
