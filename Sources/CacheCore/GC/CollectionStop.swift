/// Why the steps of a collection ended early.
enum CollectionStop: Error {
    /// Another run is the current one: nothing more may be changed.
    case takenOver
    /// It cannot go on.
    case failed(CacheError)
}

/// Calls a step of a run, whose answer is nil when the run was taken over.
func step<Value>(
    _ body: () async throws(CacheError) -> Value?
) async throws(CollectionStop) -> Value {
    let value: Value?
    do { value = try await body() } catch { throw .failed(error) }
    guard let value else { throw .takenOver }
    return value
}
