public import CacheCore
public import CacheStorage
import ProgramKit
public import S3Kit

/// What a server measures of its work. One value serves all parts of a server.
public struct ServerMetrics: Sendable {
    /// Where all of it is kept, with what others record through swift-metrics.
    public let registry: PrometheusRegistry
    let process = ProcessMetrics()
    let connections: ConnectionMetrics
    private let pushes: PushMetrics
    private let collections: CollectionMetrics

    /// - Parameter registry: where all of it is kept.
    public init(registry: PrometheusRegistry = PrometheusRegistry()) {
        self.registry = registry
        connections = ConnectionMetrics(registry)
        pushes = PushMetrics(registry)
        collections = CollectionMetrics(registry)
        registry.gauge("niks3_build_info", [(name: "version", value: Version.current)]).set(1.0)
    }

    /// For an `UploadService`.
    public func note(_ event: UploadEvent) {
        pushes.note(event, now: StoreClock.systemTime())
    }

    /// For a `CollectionService`.
    public func note(_ report: CollectionReport) {
        collections.note(report)
    }

    /// Takes note of what a client left out.
    func note(_ skipped: UploadsSkippedRequest) {
        pushes.note(skipped)
    }

    /// For a metadata store.
    public var storeObserver: StoreObserver {
        let (registry, conflicts) = (registry, registry.counter("niks3_db_conflicts_total"))
        let failures = registry.counter("niks3_db_transactions_failed_total")
        return StoreObserver { transaction in
            // Beside a transaction, looking the series up costs nothing.
            registry.histogram(
                "niks3_db_transaction_duration_seconds", [(name: "operation", value: transaction.name)]
            ).record(transaction.duration)
            if transaction.isFailed { failures.increment(by: 1) }
        } onConflict: {
            conflicts.increment(by: 1)
        }
    }

    /// For an `S3Client`.
    public var attemptObserver: @Sendable (S3Attempt) -> Void {
        let (registry, retries) = (registry, registry.counter("niks3_s3_retries_total"))
        let throttled = registry.counter("niks3_s3_throttled_total")
        return { attempt in
            registry.counter(
                "niks3_s3_requests_total",
                [
                    (name: "operation", value: attempt.operation),
                    (name: "status", value: attempt.status.map { "\($0)" } ?? "none"),
                ]
            ).increment(by: 1)
            registry.histogram("niks3_s3_request_duration_seconds", [(name: "operation", value: attempt.operation)])
                .record(attempt.duration)
            if attempt.number > 0 { retries.increment(by: 1) }
            if attempt.isThrottled { throttled.increment(by: 1) }
        }
    }

    /// Has the connections of a database be counted.
    public func watch(_ store: PostgresStore) {
        registry.addGauge("niks3_db_connections_in_use") { [weak store] in store.map { Double($0.connectionsInUse) } }
        registry.addGauge("niks3_db_connections_max") { [weak store] in store.map { Double($0.maximumConnections) } }
        registry.addGauge("niks3_db_connections_waited_for") { [weak store] in
            store.map { Double($0.waitingForConnection) }
        }
    }

    /// Has the rate at which a bucket is asked be shown.
    public func watch(_ store: S3Store) {
        registry.addGauge("niks3_s3_rate_limit") { [weak client = store.client] in client?.requestRate }
    }
}
