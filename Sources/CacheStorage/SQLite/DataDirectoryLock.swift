public import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps every other process away from a data directory for as long as it lives.
///
/// The kernel lets go of the lock when the process ends, however it ends.
public final class DataDirectoryLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    /// - Parameter directory: the directory; it gets a file `lock`.
    /// - Throws: ``CacheError`` of code `conflict` when another process holds it, `unavailable` when the file cannot be
    ///   made.
    public init(directory: String) throws(CacheError) {
        let path = directory + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CacheError(
                .unavailable,
                "The file \(path) cannot be made (\(String(cString: strerror(errno)))); check the directory and its owner."
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw CacheError(
                    .unavailable, "The file \(path) cannot be locked (\(String(cString: strerror(reason)))).")
            }
            throw CacheError(
                .conflict,
                "Another niks3-server uses the data directory \(directory); stop it or choose another directory.")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
