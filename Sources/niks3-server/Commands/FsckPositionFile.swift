import CacheCore

/// The file that keeps how far a check is.
struct FsckPositionFile {
    let path: String

    private var file: JSONFile<FsckPosition> { JSONFile(path: path, says: "how far a check is") }

    /// What an earlier check has kept; nil where there is none.
    /// - Throws: ``CacheError`` for a file that is none, or of a check with other options.
    func position(_ options: FsckOptions) throws(CacheError) -> FsckPosition? {
        guard let position = try file.read() else { return nil }
        guard position.options == options else {
            throw CacheError(
                .invalidRequest,
                "The file \(path) is of a check with other flags; give --repair and --deep as then, or remove it.")
        }
        return position
    }

    func write(_ position: FsckPosition) throws(CacheError) { try file.write(position) }

    /// Removes the file of a check that is done.
    func remove() throws(CacheError) { try file.remove() }
}
