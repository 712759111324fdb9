extension NarListing {
    /// A file, directory or symbolic link in a listing.
    public struct Node: Sendable {
        let listing: NarListing
        let index: Int

        /// What a node is.
        public enum Kind: Sendable, Hashable {
            /// A directory; see ``Node/entries``.
            case directory
            /// A regular file with its size in bytes, and the offset of its first byte in the uncompressed NAR.
            case regular(size: UInt64, isExecutable: Bool, narOffset: UInt64)
            /// A symbolic link with the bytes of its target.
            case symlink(target: [UInt8])
        }

        private var record: Record { listing.records[index] }

        /// The name in its directory as bytes, which need not be UTF-8; empty for the root.
        public var name: [UInt8] {
            Array(nameBytes)
        }

        /// What the node is.
        public var kind: Kind {
            let record = self.record
            switch record.kind {
            case .directory: return .directory
            case .regular: return .regular(size: record.size, isExecutable: false, narOffset: record.offset)
            case .executable: return .regular(size: record.size, isExecutable: true, narOffset: record.offset)
            case .symlink:
                return .symlink(target: Array(listing.text[Int(record.offset)..<Int(record.offset + record.size)]))
            }
        }

        /// What is in the directory, ascending by the bytes of the names; empty for other nodes.
        public var entries: Entries { Entries(directory: self) }

        /// The entry of this name, or nil when there is none.
        ///
        /// - Parameter name: The bytes of the name.
        public subscript(name: some Collection<UInt8>) -> Node? {
            entries.first { $0.nameBytes.elementsEqual(name) }
        }

        /// The entry of this name, or nil when there is none.
        ///
        /// - Parameter name: The name.
        public subscript(name: String) -> Node? { self[name.utf8] }

        var nameBytes: ArraySlice<UInt8> {
            let record = self.record
            return listing.text[record.name..<record.name + Int(record.nameLength)]
        }
    }

    /// The entries of a directory, in order.
    public struct Entries: Sequence, IteratorProtocol, Sendable {
        private let listing: NarListing
        private var index: Int
        private let end: Int

        init(directory: Node) {
            let record = directory.listing.records[directory.index]
            listing = directory.listing
            index = directory.index + 1
            end = record.kind == .directory ? Int(record.end) : index
        }

        /// The next entry, or nil after the last.
        public mutating func next() -> Node? {
            guard index < end else { return nil }
            defer { index = Int(listing.records[index].end) }
            return Node(listing: listing, index: index)
        }
    }
}
