import CacheCore

extension PostgresStore {
    /// Says in a sentence what the database refused, and what to do about it.
    static func cacheError(_ error: any Error, place: String) -> CacheError {
        if let error = error as? CacheError { return error }
        if error is CancellationError { return givenUp(place) }
        guard let error = error as? PostgresError else {
            return CacheError(.internal, "The database \(place) failed: \(error).")
        }
        switch error.kind {
        case .unavailable:
            return CacheError(
                .unavailable,
                "The database \(place) cannot be reached (\(error)); check that PostgreSQL runs there, and try again.")
        case .tooManyConnections:
            return CacheError(
                .unavailable,
                "The database \(place) has no connection left (\(error)); raise its max_connections, or have the servers use fewer."
            )
        case .conflict:
            return CacheError(
                .unavailable, "The database \(place) is too busy: other requests were always faster; try again later.")
        case .cancelled:
            return givenUp(place)
        case .closed:
            return CacheError(
                .unavailable, "The database \(place) is closed because the server stops; try again later.")
        case .timeout:
            return CacheError(
                .unavailable, "The database \(place) took too long and gave the request up (\(error)); try again later."
            )
        case .insufficientStorage:
            return CacheError(
                .insufficientStorage, "The database \(place) has no room left (\(error)); free some there.")
        case .denied:
            return CacheError(
                .unavailable,
                "The database \(place) cannot be used (\(error)); check its name, the user, the password and what it was granted."
            )
        case .other:
            return CacheError(.internal, "The database \(place) failed: \(error).")
        }
    }

    private static func givenUp(_ place: String) -> CacheError {
        CacheError(.unavailable, "The request was given up before the database \(place) had answered.")
    }
}
