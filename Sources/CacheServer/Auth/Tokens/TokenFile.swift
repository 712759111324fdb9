import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of tokens, which the command line changes and the server reads. All calls block.
public struct TokenFile: Sendable {
    /// Where it lies.
    public let path: String

    /// In bytes; 1,000 tokens take about 300 KB.
    private static let limit = 1 << 20

    /// - Parameter path: where it lies, or will.
    public init(path: String) {
        self.path = path
    }

    /// What tells one version of the file from another.
    public struct Version: Hashable, Sendable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64
        private let seconds: Int64
        private let nanoseconds: Int64

        fileprivate init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            #if canImport(Darwin)
            let time = status.st_ctimespec
            #else
            let time = status.st_ctim
            #endif
            seconds = Int64(time.tv_sec)
            nanoseconds = Int64(time.tv_nsec)
        }
    }

    /// The version that lies there; nil where there is no file.
    public var version: Version? { status.map { Version($0) } }

    /// Its tokens; nil where there is no file.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be read or is no file of tokens.
    public func read() throws(ConfigurationError) -> TokenList? {
        guard let bytes = try SecretFile(path: path).bytes(limit: Self.limit) else { return nil }
        return try TokenList(parsing: bytes, from: path)
    }

    /// Changes the tokens. The file appears whole and synced, with the owner and the mode that it had, and two changes at
    /// the same time happen one after the other.
    ///
    /// - Returns: what `body` returns.
    /// - Throws: ``ConfigurationError`` when it cannot be read or written; what `body` throws.
    public func change<Result>(_ body: (inout TokenList) throws -> Result) throws -> Result {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw ConfigurationError(systemCall: "cannot be made", path: path + ".lock") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else {
            throw ConfigurationError(systemCall: "cannot be locked", path: path + ".lock")
        }
        var list = try read() ?? TokenList()
        let result = try body(&list)
        try SecretFile(path: path).replace(with: try list.serialized(), like: status)
        return result
    }

    private var status: stat? {
        var found = stat()
        return stat(path, &found) == 0 ? found : nil
    }
}
