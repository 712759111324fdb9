import CacheCore

/// Is told what a metadata store does, for metrics. What it is given to call must not block.
public struct StoreObserver: Sendable {
    /// One transaction, by the name of the method that ran it.
    public struct Transaction: Hashable, Sendable {
        /// One of a few names, as `claimChunk`.
        public var name: String
        /// How long it took, waiting for its turn or a connection included.
        public var duration: Duration
        /// Whether it had no effect.
        public var isFailed: Bool

        /// Describes a transaction.
        public init(name: String, duration: Duration, isFailed: Bool) {
            self.name = name
            self.duration = duration
            self.isFailed = isFailed
        }
    }

    /// A transaction has ended.
    public var onTransaction: @Sendable (Transaction) -> Void
    /// A transaction was rolled back because of another one, and is tried again.
    public var onConflict: @Sendable () -> Void

    /// Makes an observer, by default one that nothing is done with.
    public init(
        onTransaction: @escaping @Sendable (Transaction) -> Void = { _ in },
        onConflict: @escaping @Sendable () -> Void = {}
    ) {
        self.onTransaction = onTransaction
        self.onConflict = onConflict
    }

    /// Runs a transaction and tells how it went.
    ///
    /// - Parameter function: the method, as `#function` gives it.
    func measuring<Value>(
        _ function: StaticString, _ body: () async throws(CacheError) -> Value
    ) async throws(CacheError) -> Value {
        let start = ContinuousClock.now
        do throws(CacheError) {
            let value = try await body()
            report(function, since: start, isFailed: false)
            return value
        } catch {
            report(function, since: start, isFailed: true)
            throw error
        }
    }

    private func report(_ function: StaticString, since start: ContinuousClock.Instant, isFailed: Bool) {
        let name = String("\(function)".prefix { $0 != "(" })
        onTransaction(Transaction(name: name, duration: ContinuousClock.now - start, isFailed: isFailed))
    }
}
