import CacheCore

extension Semaphore {
    /// Takes units as soon as they are there, in the order of asking.
    ///
    /// - Parameter amount: How many; more than all units is taken to mean all.
    /// - Returns: How many were taken, to be released.
    /// - Throws: ``ClientError`` with the code `cancelled`.
    func acquire(_ amount: Int) async throws(ClientError) -> Int {
        guard let taken = await take(amount) else { throw .cancelled }
        return taken
    }

    /// Holds units while something is done.
    func withUnits<Result>(
        _ amount: Int, _ body: () async throws(ClientError) -> Result
    ) async throws(ClientError) -> Result {
        let taken = try await acquire(amount)
        defer { release(taken) }
        return try await body()
    }
}

extension ClientError {
    /// The task was cancelled.
    static var cancelled: ClientError { ClientError(.cancelled, "It was interrupted; run it again.") }
}
