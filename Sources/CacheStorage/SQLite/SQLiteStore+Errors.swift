import CacheCore
import GRDB

extension SQLiteStore {
    /// Says in a sentence what the database refused, and what to do about it.
    static func cacheError(_ error: any Error, path: String) -> CacheError {
        if let error = error as? CacheError { return error }
        if error is CancellationError {
            return CacheError(.unavailable, "The request was given up before the database \(path) had answered.")
        }
        guard let error = error as? DatabaseError else {
            return CacheError(.internal, "The database \(path) failed: \(error).")
        }
        let reason = error.message ?? "code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return CacheError(
                .insufficientStorage,
                "The database \(path) cannot grow because its disk is full; free some space there.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return CacheError(
                .unavailable,
                "The database \(path) is locked by another process; stop it, since only one may use the database.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return CacheError(
                .internal, "The database \(path) is damaged (\(reason)); restore it from a backup.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
            return CacheError(
                .unavailable,
                "The database \(path) cannot be opened for writing (\(reason)); check the directory and its owner.")
        case .SQLITE_IOERR:
            return CacheError(
                .unavailable, "The disk failed under the database \(path) (\(reason)); check the disk and its space.")
        case .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return CacheError(.unavailable, "The request was given up before the database \(path) had answered.")
        default:
            return CacheError(.internal, "The database \(path) failed: \(reason).")
        }
    }
}
