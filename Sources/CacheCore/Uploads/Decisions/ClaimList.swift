/// What an upload is to claim, each object once, by ascending key.
///
/// The keys lie in one buffer, and a claim is made of them when it is asked for: requests may list half a million.
public struct ClaimList: RandomAccessCollection, Sendable {
    private var objects: UploadObjectList
    /// The numbers of the entries by ascending key.
    private var order: [UInt32]

    /// Merges what a request says about one key in several places.
    /// - Throws: ``CacheError`` of code `tooLarge` for more than 4 GiB of keys.
    init(merging list: consuming UploadObjectList) throws(CacheError) {
        var list = list
        var order = list.sorted()
        var end = 0
        var start = 0
        while start < order.count {
            var next = start + 1
            while next < order.count, list.compareKeys(order[start], order[next]) == 0 { next += 1 }
            order[end] = next - start == 1 ? order[start] : try list.merge(order[start..<next])
            end += 1
            start = next
        }
        order.removeSubrange(end...)
        self.objects = list
        self.order = order
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// How many objects there are.
    public var endIndex: Int { order.count }

    /// A claim.
    public subscript(position: Int) -> NewClaim {
        let entry = entry(at: position)
        return NewClaim(
            key: objects.key(of: entry), refs: objects.refs(of: entry), narSize: entry.narSize,
            isListed: entry.isListed)
    }

    /// The key of a claim.
    func key(at position: Int) -> ObjectKey { objects.key(of: entry(at: position)) }

    /// What is known of a claim's object besides its key and references.
    func entry(at position: Int) -> UploadObjectList.Entry { objects.entries[Int(order[position])] }

    /// Whether a key is among the claims.
    func contains(key: String) -> Bool {
        let position = position(of: key.utf8.span)
        return position < order.count && objects.compare(order[position], to: key.utf8.span) == 0
    }

    /// Inserts an object that the upload does not list, and that is not among the claims.
    mutating func insertUnlisted(_ key: ObjectKey) throws(CacheError) {
        guard let range = objects.append(key.text.utf8.span) else { throw .tooManyKeys }
        objects.append(
            UploadObjectList.Entry(key: range, refs: 0..<0, narSize: nil, type: key.type, isListed: false))
        order.insert(UInt32(objects.entries.count - 1), at: position(of: key.text.utf8.span))
    }

    /// How many claims have a lower key.
    private func position(of key: Span<UInt8>) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if objects.compare(order[middle], to: key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
