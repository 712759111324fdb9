import NarKit

/// A NAR on its way through decompression and hashing.
struct NarReading {
    private let narInfo: NarInfo
    private let decompressor: Decompressor
    private var file = SHA256Hasher()
    private var nar = SHA256Hasher()

    init(_ stored: StoredNarInfo) throws(NarKitError) {
        narInfo = stored.narInfo
        decompressor = try Decompressor(stored.compression)
    }

    /// The bytes of the NAR so far.
    var narBytes: Int64 { Int64(clamping: nar.byteCount) }

    /// Takes the next bytes of the object.
    /// - Returns: what is wrong; nil while nothing is.
    mutating func take(_ bytes: [UInt8]) -> String? {
        file.update(bytes)
        decompressor.push(bytes)
        return drain()
    }

    /// Takes the end of the object.
    /// - Returns: what is wrong with the NAR; nil when it is the one that the narinfo names.
    mutating func finish() -> String? {
        decompressor.finish()
        if let problem = drain() { return problem }
        guard nar.byteCount == narInfo.narSize else {
            return "it has \(nar.byteCount) bytes instead of the \(narInfo.narSize) that its narinfo says"
        }
        let hash = nar.finalized()
        return hash == narInfo.narHash ? nil : "its hash is \(hash) instead of \(narInfo.narHash)"
    }

    /// What the narinfo says wrongly about the compressed bytes, after ``finish()``.
    var fileProblem: String? {
        if let size = narInfo.fileSize, size != file.byteCount {
            return "it says FileSize \(size), and its NAR has \(file.byteCount) bytes"
        }
        guard let hash = narInfo.fileHash else { return nil }
        let actual = file.finalized()
        return actual == hash ? nil : "it says FileHash \(hash), and that of its NAR is \(actual)"
    }

    private mutating func drain() -> String? {
        do throws(NarKitError) {
            while let chunk = try decompressor.next() {
                nar.update(chunk)
                // However much comes out of a damaged or hostile object, no more of it is hashed.
                guard nar.byteCount <= narInfo.narSize else {
                    return "it has more than the \(narInfo.narSize) bytes that its narinfo says"
                }
            }
            return nil
        } catch {
            return "it cannot be decompressed: \(error.message)"
        }
    }
}
