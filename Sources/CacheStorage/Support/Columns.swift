import CacheCore

extension ObjectState {
    /// Reads a column.
    init(column: Int) throws(CacheError) {
        guard let state = ObjectState(rawValue: column) else { throw .damaged("an object has the state \(column)") }
        self = state
    }
}

extension UploadState {
    /// Reads a column.
    init(column: Int) throws(CacheError) {
        guard let state = UploadState(rawValue: column) else { throw .damaged("an upload has the state \(column)") }
        self = state
    }
}

extension ObjectKey {
    /// Reads a column.
    init(column: String) throws(CacheError) {
        guard let key = ObjectKey(validating: column) else { throw .damaged("'\(column)' stands for an object key") }
        self = key
    }
}

extension CacheError {
    fileprivate static func damaged(_ reason: String) -> CacheError {
        CacheError(.internal, "The database is damaged: \(reason); restore it from a backup.")
    }
}
