/// Takes in a whole archive: parses it, hashes it, lists it, and writes it to the file system if it is told where.
struct NarIngest {
    private struct Visitor: NarVisitor {
        var listing: NarListingBuilder?
        let writer: TreeWriter?
        private var fileName: [UInt8] = []

        init(listing: NarListingBuilder?, writer: TreeWriter?) {
            self.listing = listing
            self.writer = writer
        }

        mutating func beginDirectory(named name: [UInt8]) throws(NarKitError) {
            listing?.beginDirectory(name: name)
            try writer?.beginDirectory(named: name)
        }

        mutating func endDirectory() throws(NarKitError) {
            listing?.endDirectory()
            try writer?.endDirectory()
        }

        mutating func beginFile(named name: [UInt8], _ file: NarFileHeader) throws(NarKitError) {
            listing?.addFile(
                name: name, size: file.size, isExecutable: file.isExecutable, narOffset: file.narOffset)
            try writer?.beginFile(named: name, isExecutable: file.isExecutable)
            fileName = name
        }

        mutating func fileContents(_ bytes: RawSpan) throws(NarKitError) {
            try writer?.write(bytes, name: fileName)
        }

        mutating func endFile() throws(NarKitError) {
            try writer?.endFile(name: fileName)
        }

        mutating func symlink(named name: [UInt8], target: [UInt8]) throws(NarKitError) {
            listing?.addSymlink(name: name, target: target)
            try writer?.symlink(named: name, target: target)
        }
    }

    private var parser: NarParser
    private var hasher: SHA256Hasher?
    private var visitor: Visitor

    init(limits: NarLimits, computesHash: Bool, buildsListing: Bool, writer: TreeWriter?) {
        parser = NarParser(limits: limits)
        hasher = computesHash ? SHA256Hasher() : nil
        visitor = Visitor(listing: buildsListing ? NarListingBuilder() : nil, writer: writer)
    }

    mutating func consume(_ bytes: [UInt8]) throws(NarKitError) {
        hasher?.update(bytes)
        try parser.consume(bytes, &visitor)
    }

    mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(NarKitError) {
        hasher?.update(bytes)
        try parser.consume(bytes.bytes, &visitor)
    }

    /// Ends the archive.
    consuming func finish() throws(NarKitError) -> NarSummary {
        try parser.finish()
        try visitor.writer?.finish()
        return NarSummary(
            narSize: parser.byteCount, narHash: hasher?.finalized(), listing: visitor.listing?.finished(),
            compressedSize: parser.byteCount)
    }
}
