internal import NarKit

/// A build log as Nix keeps it.
struct BuildLogFile: Hashable, Sendable {
    /// The file.
    let path: String
    /// How it is compressed.
    let format: CompressionFormat

    /// The largest log that is pushed, in bytes after compression with zstd; the text is often 20 times as long.
    static let sizeLimit = 16 << 20

    /// The log as the storage keeps it.
    ///
    /// - Returns: The text compressed with zstd; nil when the file has vanished.
    /// - Throws: ``ClientError`` with the code `unreadablePath`, also when it is too large.
    func compressed() async throws(ClientError) -> [UInt8]? {
        try await BlockingWork.run { () throws(ClientError) in
            guard let file = try FileReader(path: path) else { return nil }
            do throws(NarKitError) {
                return try recompress(file)
            } catch {
                throw ClientError(.unreadablePath, "\(path): \(error.message)", cause: error)
            }
        }
    }

    private func recompress(_ file: FileReader) throws(NarKitError) -> [UInt8] {
        let decompressor = try Decompressor(format)
        let compressor = try Compressor(.zstd)
        var result: [UInt8] = []
        var isLast = false
        while !isLast {
            if let chunk = try file.chunk() {
                decompressor.push(chunk)
            } else {
                isLast = true
                decompressor.finish()
            }
            while let text = try decompressor.next() {
                compressor.push(text)
                try append(compressor, to: &result)
            }
        }
        compressor.finish()
        try append(compressor, to: &result)
        return result
    }

    private func append(_ compressor: Compressor, to result: inout [UInt8]) throws(NarKitError) {
        while let piece = try compressor.next() {
            result += piece
            guard result.count <= Self.sizeLimit else {
                throw NarKitError(.tooLarge, "The log has more than \(Self.sizeLimit) bytes even when compressed.")
            }
        }
    }
}

extension FileReader {
    fileprivate func chunk() throws(NarKitError) -> [UInt8]? {
        do throws(ClientError) {
            return try read(atMost: 64 << 10)
        } catch {
            throw NarKitError(.fileSystem, error.message, cause: error)
        }
    }
}
