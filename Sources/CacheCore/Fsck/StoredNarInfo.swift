import NarKit

/// A narinfo as it lies in the bucket.
struct StoredNarInfo: Sendable {
    let narInfo: NarInfo
    /// The key of its NAR.
    let narKey: ObjectKey
    let compression: CompressionFormat
    /// The keys of the narinfos that it refers to, possibly its own among them.
    let references: [String]

    /// Reads what lies under a key.
    /// - Throws: ``CacheError`` of code `invalidRequest` whose message says what is wrong with it.
    init(_ bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory) throws(CacheError) {
        let text = try StagedText.decoded(bytes, key: key)
        do throws(NarKitError) {
            narInfo = try NarInfo(
                parsing: text, storeDirectory: storeDirectory, maximumByteCount: Int(UploadSettings.maximumTextSize))
        } catch {
            throw CacheError(.invalidRequest, error.message)
        }
        let path = narInfo.storePath
        guard ObjectKey.narinfo(hashPart: path.hashPart) == key.text else {
            throw CacheError(.invalidRequest, "It names the store path \(path), which belongs under another key.")
        }
        guard let narKey = ObjectKey(validating: narInfo.url), narKey.type == .nar else {
            throw CacheError(
                .invalidRequest,
                "It names the URL '\(narInfo.url.prefix(200))', which is no NAR's key: nar/<hash>.nar….")
        }
        guard let compression = CompressionFormat(rawValue: narInfo.compression) else {
            throw CacheError(
                .invalidRequest,
                "Its NAR is compressed with \(narInfo.compression.prefix(64)); only none, zstd, xz and bzip2 are read.")
        }
        self.narKey = narKey
        self.compression = compression
        references = narInfo.references.map { ObjectKey.narinfo(hashPart: $0.hashPart) }
    }

    /// The keys of all that it refers to.
    var keys: [String] { references + [narKey.text] }
}
