import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ObjectStoreError {
    /// Turns `errno` into a sentence that names the path and what to do.
    ///
    /// - Parameters:
    ///   - call: what was tried, as a verb.
    ///   - path: what it was tried on.
    ///   - number: the error's number; that of the last system call on this thread when not given.
    static func system(call: String, path: String, number: Int32 = errno) -> ObjectStoreError {
        switch number {
        case ENOSPC:
            ObjectStoreError(
                .insufficientStorage,
                "The file system of \(path) is full: free space on it or move the data directory to a larger one.")
        case EDQUOT:
            ObjectStoreError(
                .insufficientStorage,
                "The disk quota for \(path) is used up: raise the quota or move the data directory.")
        case EFBIG:
            ObjectStoreError(
                .insufficientStorage,
                "\(path) would become larger than files may be: raise the limit (ulimit -f) or use another file system."
            )
        case EMFILE, ENFILE:
            ObjectStoreError(
                .throttled, "Too many files are open to \(call) \(path): raise the limit (ulimit -n) or try again.")
        case EACCES, EPERM:
            ObjectStoreError(
                .denied, "Not allowed to \(call) \(path): give the server's user read and write access to it.")
        case EROFS:
            ObjectStoreError(
                .denied, "Cannot \(call) \(path) on a read-only file system: mount it writable.")
        case ENAMETOOLONG:
            ObjectStoreError(
                .other, "The file name \(path) is longer than the file system allows: use a shorter key.")
        case EIO:
            ObjectStoreError(
                .unavailable, "Could not \(call) \(path) because of an input/output error: check the disk.")
        default:
            ObjectStoreError(
                .other, "Could not \(call) \(path): \(String(cString: strerror(number))).")
        }
    }

    /// A file whose content is not what was written to it.
    static func damaged(_ path: String) -> ObjectStoreError {
        ObjectStoreError(.other, "\(path) is damaged: restore it from a backup, or delete it and push its path again.")
    }

    /// A multipart upload that was never begun, is completed, or was given up.
    static func noSuchUpload(_ key: String) -> ObjectStoreError {
        ObjectStoreError(.noSuchUpload, "There is no such multipart upload of \(key): begin a new one.")
    }

    /// More bytes than were granted.
    static func tooLarge(_ key: String, limit: Int64) -> ObjectStoreError {
        ObjectStoreError(
            .tooLarge, "\(key) is larger than the \(limit) bytes it was announced with: push the path again.")
    }
}
