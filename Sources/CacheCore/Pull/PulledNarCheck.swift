import NarKit

/// Compares the bytes of a NAR, as they come from another cache, with what its narinfo says.
///
/// Where the narinfo says the FileHash, that is compared, and nothing is decompressed; else the NarHash, which the
/// signatures vouch for.
public struct PulledNarCheck {
    private enum Comparison {
        case file(SHA256Hasher, NixHash)
        case nar(NarReading)
    }

    private var comparison: Comparison
    private let fileSize: UInt64?
    private var count: UInt64 = 0

    /// - Returns: nil for a NAR of which nothing can be compared: its narinfo says no FileHash, and its compression is not
    ///   known.
    public init?(_ pulled: PulledNarInfo) {
        fileSize = pulled.narInfo.fileSize
        if let hash = pulled.narInfo.fileHash {
            comparison = .file(SHA256Hasher(), hash)
        } else if let stored = pulled.stored, let reading = try? NarReading(stored) {
            comparison = .nar(reading)
        } else {
            return nil
        }
    }

    /// Takes the next bytes.
    /// - Returns: what is wrong with the NAR; nil while nothing is.
    public mutating func take(_ bytes: [UInt8]) -> String? {
        count += UInt64(bytes.count)
        if let fileSize, count > fileSize { return "it has more than the \(fileSize) bytes that its narinfo says" }
        switch comparison {
        case .file(var hasher, let hash):
            hasher.update(bytes)
            comparison = .file(hasher, hash)
            return nil
        case .nar(var reading):
            let problem = reading.take(bytes)
            comparison = .nar(reading)
            return problem
        }
    }

    /// Takes the end.
    /// - Returns: what is wrong with the NAR; nil when it is the one that the narinfo names.
    public mutating func finish() -> String? {
        if let fileSize, count != fileSize {
            return "it has \(count) bytes instead of the \(fileSize) that its narinfo says"
        }
        switch comparison {
        case .file(let hasher, let hash):
            let actual = hasher.finalized()
            return actual == hash ? nil : "its hash is \(actual) instead of \(hash)"
        case .nar(var reading):
            return reading.finish()
        }
    }
}
