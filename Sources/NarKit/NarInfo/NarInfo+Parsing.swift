extension NarInfo {
    /// The largest narinfo that is read unless the caller says otherwise, in bytes: room for some 60,000 references.
    public static let defaultMaximumByteCount = 4 << 20

    /// Reads a narinfo, which may come from anybody.
    ///
    /// The lines may come in any order, and keys that Nix does not know are passed over. `References` may be missing, a
    /// missing `Compression` means `bzip2`, and the deriver `unknown-deriver` means none, as in Nix.
    ///
    /// - Parameters:
    ///   - bytes: The narinfo, uncompressed.
    ///   - storeDirectory: The directory that its store path must lie in.
    ///   - maximumByteCount: The largest narinfo to accept, in bytes.
    /// - Throws: ``NarKitError`` with the code `tooLarge` when it is larger; `invalidNarInfo` when a line is not
    ///   `Key: value` and a line feed, a key that Nix knows comes twice (other than `Sig`), the key `StorePath`, `URL`,
    ///   `NarHash` or `NarSize` is missing, a value does not parse, or the URL leaves the cache.
    public init<Bytes: Collection<UInt8>>(
        parsing bytes: Bytes, storeDirectory: StoreDirectory = .standard,
        maximumByteCount: Int = defaultMaximumByteCount
    ) throws(NarKitError) {
        guard bytes.count <= maximumByteCount else {
            throw NarKitError(
                .tooLarge,
                "A narinfo has \(bytes.count) bytes, but at most \(maximumByteCount) are read: check that it is one.")
        }
        let bytes = Array(bytes)
        var fields = NarInfoFields(storeDirectory: storeDirectory)
        try fields.read(bytes.span)
        self = try fields.narInfo()
        try validate()
    }

    /// Reads a narinfo from text, by the same rules as from bytes.
    ///
    /// - Parameters:
    ///   - text: The narinfo.
    ///   - storeDirectory: The directory that its store path must lie in.
    ///   - maximumByteCount: The largest narinfo to accept, in bytes.
    /// - Throws: ``NarKitError`` with the code `tooLarge` or `invalidNarInfo`.
    public init(
        parsing text: String, storeDirectory: StoreDirectory = .standard,
        maximumByteCount: Int = defaultMaximumByteCount
    ) throws(NarKitError) {
        try self.init(parsing: text.utf8, storeDirectory: storeDirectory, maximumByteCount: maximumByteCount)
    }
}
