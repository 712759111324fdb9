/// Compression of texts that are small enough to be in memory as a whole.
public enum Compression {
    /// Compresses a text.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - format: The format, which must not be bzip2.
    ///   - level: The level; nil for the usual one, 3 for zstd and 6 for xz.
    /// - Returns: The compressed text.
    /// - Throws: ``NarKitError`` with the code `unsupported` for bzip2, or a level out of range.
    public static func compress(
        _ bytes: [UInt8], format: CompressionFormat, level: Int? = nil
    ) throws(NarKitError) -> [UInt8] {
        if format == .none { return bytes }
        let compressor = try Compressor(format, level: level, chunkSize: min(bytes.count + 512, 128 << 10))
        compressor.push(bytes)
        compressor.finish()
        var result: [UInt8] = []
        while let chunk = try compressor.next() { result += chunk }
        return result
    }
}

/// Decompression of texts that are small enough to be in memory as a whole.
public enum Decompression {
    /// Decompresses a text.
    ///
    /// - Parameters:
    ///   - bytes: The compressed text.
    ///   - format: The format.
    ///   - limit: The bytes that may come out.
    /// - Returns: The text.
    /// - Throws: ``NarKitError`` with the code `invalidCompressedData`, or `tooLarge` when more than `limit` bytes would
    ///   come out.
    public static func decompress(
        _ bytes: [UInt8], format: CompressionFormat, limit: Int
    ) throws(NarKitError) -> [UInt8] {
        let decompressor = try Decompressor(format, chunkSize: min(max(limit, 0) + 1, 64 << 10))
        decompressor.push(bytes)
        decompressor.finish()
        var result: [UInt8] = []
        while let chunk = try decompressor.next() {
            result += chunk
            guard result.count <= limit else {
                throw NarKitError(
                    .tooLarge,
                    "The \(format.rawValue) data decompresses to more than the \(limit) bytes that are accepted.")
            }
        }
        return result
    }
}
