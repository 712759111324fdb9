extension CacheError {
    /// What a failure of the object store means for whoever asked the cache.
    init(_ error: ObjectStoreError) {
        switch error.code {
        case .throttled:
            self.init(.throttled, error.message, retryAfter: .seconds(2))
        case .unavailable, .expired:
            self.init(.unavailable, error.message)
        case .insufficientStorage:
            self.init(.insufficientStorage, error.message)
        case .tooLarge:
            self.init(.tooLarge, error.message)
        case .noSuchUpload:
            self.init(.notFound, error.message)
        case .invalidPart:
            self.init(.invalidRequest, error.message)
        case .denied, .other:
            self.init(.internal, error.message)
        }
    }

    /// An upload that is unknown, given up or finished.
    static func noUpload(_ id: some CustomStringConvertible) -> CacheError {
        CacheError(.notFound, "There is no open upload \(id); it may have been given up. Begin a new one.")
    }

    /// Narinfos and NARs that are neither uploaded nor present.
    static func missing(_ keys: [String]) -> CacheError {
        let some = keys.prefix(3).joined(separator: ", ")
        let more = keys.count > 3 ? " and \(keys.count - 3) more" : ""
        return CacheError(
            .conflict,
            "The closure needs what is neither uploaded nor present: \(some)\(more); upload it and try again.",
            missing: keys)
    }

    static let processStopped = CacheError(.unavailable, "The process was stopped.")
}

/// Calls an object store and says what its failure means.
func store<Value>(
    _ body: () async throws(ObjectStoreError) -> Value
) async throws(CacheError) -> Value {
    do { return try await body() } catch { throw CacheError(error) }
}
