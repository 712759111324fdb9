/// The objects of a create request in little memory: their keys and references lie in one buffer.
struct UploadObjectList: Sendable {
    struct Entry: Sendable {
        /// Where the key is.
        var key: Range<UInt32>
        /// Where the keys it refers to are, separated by spaces, which no key holds.
        var refs: Range<UInt32>
        var narSize: Int64?
        var type: ObjectType
        var isListed: Bool
    }

    private(set) var entries: [Entry] = []
    /// What the ranges of the entries lie in.
    private(set) var texts: [UInt8] = []

    /// How many bytes all texts have.
    var size: Int { texts.count }

    /// The most bytes that all texts can have.
    static var maximumSize: Int { Int(UInt32.max) }

    /// Adds a text, of which the next one or entry says what it is.
    /// - Returns: where it is; nil when there is no room.
    mutating func append(_ text: Span<UInt8>) -> Range<UInt32>? {
        let start = UInt32(texts.count)
        guard text.count < Self.maximumSize - texts.count else { return nil }
        texts.append(copying: text)
        return start..<UInt32(texts.count)
    }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
    }

    /// Removes the texts from a position on.
    mutating func removeTexts(from size: Int) {
        texts.removeSubrange(size...)
    }

    func key(of entry: Entry) -> ObjectKey {
        ObjectKey(checked: text(entry.key), type: entry.type)
    }

    func refs(of entry: Entry) -> [String] {
        var refs: [String] = []
        var start = entry.refs.lowerBound
        for end in entry.refs where texts[Int(end)] == UInt8(ascii: " ") {
            refs.append(text(start..<end))
            start = end + 1
        }
        if start < entry.refs.upperBound { refs.append(text(start..<entry.refs.upperBound)) }
        return refs
    }

    func text(_ range: Range<UInt32>) -> String {
        String(copying: texts.span.extracting(range.bounds))
    }

    /// The numbers of the entries by ascending key; those of one key in their order.
    func sorted() -> [UInt32] {
        // Most keys differ in their first bytes, which are compared as one number.
        var order: [(prefix: UInt64, index: UInt32)] = []
        order.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            order.append((prefix(of: entry.key.bounds), UInt32(index)))
        }
        order.sort { left, right in
            guard left.prefix == right.prefix else { return left.prefix < right.prefix }
            switch compareKeys(left.index, right.index) {
            case 0: return left.index < right.index
            case let difference: return difference < 0
            }
        }
        return order.map(\.index)
    }

    private func prefix(of key: Range<Int>) -> UInt64 {
        var prefix: UInt64 = 0
        for index in key.lowerBound..<(key.lowerBound + 8) {
            prefix = prefix << 8 | (index < key.upperBound ? UInt64(texts[index]) : 0)
        }
        return prefix
    }

    /// Compares the keys of two entries: negative when the left one comes first, 0 when they are equal.
    func compareKeys(_ left: UInt32, _ right: UInt32) -> Int {
        compare(left, to: texts.span.extracting(entries[Int(right)].key.bounds))
    }

    /// Compares the key of an entry with another one.
    func compare(_ number: UInt32, to key: Span<UInt8>) -> Int {
        texts.span.extracting(entries[Int(number)].key.bounds).compare(to: key)
    }

    /// Adds an entry that says what several entries of one key say together.
    /// - Returns: its number.
    mutating func merge(_ numbers: ArraySlice<UInt32>) throws(CacheError) -> UInt32 {
        var merged = entries[Int(numbers[numbers.startIndex])]
        var known: Set<String> = []
        var refs: [String] = []
        for number in numbers {
            let entry = entries[Int(number)]
            merged.narSize = merged.narSize ?? entry.narSize
            merged.isListed = merged.isListed || entry.isListed
            refs += self.refs(of: entry).filter { known.insert($0).inserted }
        }
        guard let range = append(refs.joined(separator: " ").utf8.span) else { throw .tooManyKeys }
        merged.refs = range
        append(merged)
        return UInt32(entries.count - 1)
    }
}

extension Range<UInt32> {
    /// The same as indices.
    var bounds: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
