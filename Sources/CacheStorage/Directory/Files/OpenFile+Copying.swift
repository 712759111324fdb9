import CacheCore

extension OpenFile {
    /// How much is copied at once, in bytes.
    private static let copyBufferSize: Int64 = 1 << 20

    /// Copies a range of another file into this one.
    func copy(_ range: Range<Int64>, of source: OpenFile, to offset: Int64) throws(ObjectStoreError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = min(Self.copyBufferSize, range.upperBound - position)
            let bytes = try source.read(at: position, count: Int(wanted))
            guard Int64(bytes.count) == wanted else { throw .damaged(source.path) }
            try write(bytes, at: offset + position - range.lowerBound)
            position += wanted
        }
    }
}
