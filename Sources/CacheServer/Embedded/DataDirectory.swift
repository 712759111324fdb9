import CacheStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The directory that a server without external storage keeps everything in, locked while the server runs.
public final class DataDirectory: Sendable {
    /// Absolute, or as it was given.
    public let path: String
    private let lock: DataDirectoryLock

    /// Makes the directory where it is missing, readable for its owner only, and locks it.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be made or written, `CacheError` when another server has it.
    public init(path: String) throws {
        self.path = path
        try Self.makeDirectories(path)
        lock = try DataDirectoryLock(directory: path)
    }

    /// The path of a file or directory in it.
    public func path(of name: String) -> String { path + "/" + name }

    private static func makeDirectories(_ path: String) throws(ConfigurationError) {
        var prefix = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            prefix += "/" + component
            if mkdir(prefix, 0o700) != 0, errno != EEXIST, access(prefix, X_OK) != 0 {
                throw ConfigurationError(systemCall: "cannot be made", path: prefix)
            }
        }
        guard access(path + "/.", R_OK | W_OK | X_OK) == 0 else {
            throw ConfigurationError(systemCall: "cannot be written", path: path)
        }
    }
}

extension ConfigurationError {
    /// A system call has just failed.
    init(systemCall what: String, path: String) {
        self.init("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
