/// How the bytes of a NAR, a log or a small text are compressed, by the names that narinfos use.
public enum CompressionFormat: String, Sendable, Hashable, CaseIterable {
    /// Not compressed.
    case none
    /// Zstandard (RFC 8878).
    case zstd
    /// XZ.
    case xz
    /// bzip2, which is only read.
    case bzip2

    /// What a file name ends with, such as `.zst`; empty for ``none``.
    public var fileExtension: String {
        switch self {
        case .none: ""
        case .zstd: ".zst"
        case .xz: ".xz"
        case .bzip2: ".bz2"
        }
    }
}
