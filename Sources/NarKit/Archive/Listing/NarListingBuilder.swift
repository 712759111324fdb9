/// Collects a listing in the order of the archive.
struct NarListingBuilder {
    private var records: [NarListing.Record] = []
    private var text: [UInt8] = []
    private var open: [Int] = []

    /// The listing of everything that was added; every directory must have been ended.
    consuming func finished() -> NarListing {
        NarListing(records: records, text: text)
    }

    var count: Int { records.count }

    mutating func beginDirectory(name: some Collection<UInt8>) {
        open.append(records.count)
        append(.directory, name: name)
    }

    mutating func endDirectory() {
        if let start = open.popLast() { records[start].end = UInt32(truncatingIfNeeded: records.count) }
    }

    mutating func addFile(name: some Collection<UInt8>, size: UInt64, isExecutable: Bool, narOffset: UInt64) {
        append(isExecutable ? .executable : .regular, name: name, size: size, offset: narOffset)
    }

    mutating func addSymlink(name: some Collection<UInt8>, target: some Collection<UInt8>) {
        append(.symlink, name: name, size: UInt64(target.count), offset: UInt64(text.count + name.count))
        text.append(contentsOf: target)
    }

    private mutating func append(
        _ kind: NarListing.RecordKind, name: some Collection<UInt8>, size: UInt64 = 0, offset: UInt64 = 0
    ) {
        let end = UInt32(truncatingIfNeeded: records.count + 1)
        records.append(
            NarListing.Record(
                kind: kind, nameLength: UInt16(truncatingIfNeeded: name.count), end: end, name: text.count,
                size: size, offset: offset))
        text.append(contentsOf: name)
    }
}
