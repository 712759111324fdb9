/// What is in a NAR and where: the content of a `.ls` file.
///
/// The nodes lie in one array in the order of the archive and their names in another, so that the listing of a million
/// files is two allocations rather than millions.
///
/// Source: the `write-nar-listing` setting of Nix' binary caches.
public struct NarListing: Sendable, Hashable {
    /// One node; for a directory, the nodes up to `end` are what is in it.
    struct Record: Sendable, Hashable {
        var kind: RecordKind
        var nameLength: UInt16 = 0
        /// The index after the last node in the subtree.
        var end: UInt32
        /// Where the name starts in `text`.
        var name: Int = 0
        /// Regular file: its bytes. Symbolic link: the length of the target.
        var size: UInt64 = 0
        /// Regular file: where its bytes are in the NAR. Symbolic link: where the target starts in `text`.
        var offset: UInt64 = 0
    }

    enum RecordKind: UInt8, Sendable {
        case directory, regular, executable, symlink
    }

    var records: [Record]
    var text: [UInt8]

    init(records: [Record], text: [UInt8]) {
        self.records = records
        self.text = text
    }

    /// The node that the archive consists of.
    public var root: Node { Node(listing: self, index: 0) }

    /// How many nodes there are: files, directories and links.
    public var nodeCount: Int { records.count }
}
