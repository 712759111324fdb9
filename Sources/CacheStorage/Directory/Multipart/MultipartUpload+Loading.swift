import CacheCore

extension MultipartUpload {
    private static let descriptionName = "upload"
    private static let receivingPrefix = "receiving-"

    /// A name in the upload's directory for a part on its way.
    func receivingPath() -> String {
        "\(directory)/\(Self.receivingPrefix)\(DirectoryStore.randomName())"
    }

    /// Writes what the upload was begun with, and its empty content. Blocks.
    ///
    /// - Parameter path: a directory that does not exist yet.
    func create(at path: String) throws(ObjectStoreError) {
        try FileTree.makeDirectory(path)
        let fields = FieldText.encode([
            ("key", key), ("type", contentType), ("maximum", maximumSize.map { String($0) }),
            ("initiated", String(initiated.microseconds)),
        ])
        for (name, bytes) in [(Self.descriptionName, fields), ("content", [])] {
            guard let file = try OpenFile.creating("\(path)/\(name)") else { throw .noSuchUpload(key) }
            try file.write(bytes, at: 0)
            try file.synchronize()
        }
        try FileTree.synchronize(directory: path)
    }

    /// Finds the uploads that an earlier process left, and removes what is left of those that were completed. Blocks.
    static func loadAll(from directory: String) throws(ObjectStoreError) -> [MultipartUpload] {
        var uploads: [MultipartUpload] = []
        for id in try FileTree.names(in: directory) ?? [] {
            let path = "\(directory)/\(id)"
            if let upload = try load(id: id, directory: path) {
                uploads.append(upload)
            } else {
                try FileTree.removeTree(path)
            }
        }
        return uploads
    }

    private static func load(id: String, directory: String) throws(ObjectStoreError) -> MultipartUpload? {
        guard isID(id), try OpenFile.reading("\(directory)/content") != nil,
            let file = try OpenFile.reading("\(directory)/\(descriptionName)"),
            let fields = FieldText.decode(try file.read(at: 0, count: 8192)),
            let key = fields["key"], let contentType = fields["type"],
            let initiated = fields["initiated"].flatMap({ Int64($0) })
        else { return nil }
        var state = State()
        for name in try FileTree.names(in: directory) ?? [] {
            if name.hasPrefix(receivingPrefix) {
                try FileTree.remove("\(directory)/\(name)")
            } else if let part = StoredPart(fileName: name) {
                if let other = state.parts[part.number], other.sequence > part.sequence { continue }
                state.parts[part.number] = part
                state.sequence = max(state.sequence, part.sequence)
                state.slotSize = state.slotSize ?? part.slotSize
            }
        }
        return MultipartUpload(
            id: id, key: key, contentType: contentType, maximumSize: fields["maximum"].flatMap { Int64($0) },
            initiated: Timestamp(microseconds: initiated), directory: directory, state: state)
    }
}
