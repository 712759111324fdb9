import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps other processes out of a directory for as long as it lives. A process that dies releases it.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``ObjectStoreError`` when another process, or another store of this one, has the lock.
    init(path: String) throws(ObjectStoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            _ = close(descriptor)
            guard number == EWOULDBLOCK else { throw .system(call: "lock", path: path, number: number) }
            throw ObjectStoreError(
                .denied,
                "Another server uses \(FileTree.parent(of: path)): stop it, or give this one a directory of its own.")
        }
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }
}
