/// Runs a body and cancels it when it takes too long; a body that then still has an outcome keeps it.
///
/// - Throws: what the body throws; ``CacheError`` of code `unavailable` when it was cancelled for its time.
package func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws(CacheError) -> Value
) async throws(CacheError) -> Value {
    let outcome = await withTaskGroup(of: TimedOutcome<Value>.self) { group in
        group.addTask {
            do throws(CacheError) {
                return TimedOutcome(value: try await body())
            } catch {
                return TimedOutcome(error: error)
            }
        }
        group.addTask {
            try? await Task.sleep(for: limit)
            return TimedOutcome(isTimeOver: true)
        }
        var outcome = await group.next() ?? TimedOutcome(isTimeOver: true)
        group.cancelAll()
        if outcome.isTimeOver, let late = await group.next(), late.value != nil { outcome = late }
        return outcome
    }
    if let value = outcome.value { return value }
    throw outcome.error ?? CacheError(.unavailable, "No answer came within \(limit).")
}

/// A struct, since optimised builds lose typed errors in tuples that child tasks return.
private struct TimedOutcome<Value: Sendable>: Sendable {
    var value: Value?
    var error: CacheError?
    var isTimeOver = false
}
