import NarKit

/// Texts that clients put into staging.
enum StagedText {
    /// Every zstd frame begins with these bytes, and no narinfo or JSON text does.
    ///
    /// Source: RFC 8878, section 3.1.1.
    private static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// The plain text. What is compressed is told by its bytes: something in between may have decoded it already, and
    /// stores keep the Content-Encoding in different places.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    static func decoded(_ bytes: [UInt8], key: ObjectKey) throws(CacheError) -> [UInt8] {
        guard bytes.starts(with: zstdMagic) else { return bytes }
        do {
            return try Decompression.decompress(
                bytes, format: .zstd, limit: Int(UploadSettings.maximumTextSize))
        } catch {
            throw CacheError(.invalidRequest, "What was uploaded for \(key) cannot be decompressed: \(error.message)")
        }
    }

    /// Checks a realisation.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    static func realisation(
        _ bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory
    ) throws(CacheError) -> [UInt8] {
        let bytes = try decoded(bytes, key: key)
        _ = try parsed(bytes, key: key, storeDirectory: storeDirectory)
        return bytes
    }

    /// What a realisation names.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    static func outPath(
        of bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory
    ) throws(CacheError) -> StorePath {
        try parsed(try decoded(bytes, key: key), key: key, storeDirectory: storeDirectory).outPath
    }

    private static func parsed(
        _ bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory
    ) throws(CacheError) -> Realisation {
        do throws(NarKitError) {
            return try Realisation(
                parsing: bytes, id: try Realisation.ID(objectKey: key.text), storeDirectory: storeDirectory,
                maximumByteCount: Int(UploadSettings.maximumTextSize))
        } catch {
            throw CacheError(.invalidRequest, "The realisation for \(key) cannot be used: \(error.message)")
        }
    }
}
