import CacheCore

/// What this server has collected.
struct CollectionMetrics: Sendable {
    private let succeeded: CounterSeries
    private let failed: CounterSeries
    private let durations: HistogramSeries
    private let deleted: CounterSeries

    init(_ registry: PrometheusRegistry) {
        succeeded = registry.counter("niks3_gc_runs_total", [(name: "result", value: "succeeded")])
        failed = registry.counter("niks3_gc_runs_total", [(name: "result", value: "failed")])
        durations = registry.histogram("niks3_gc_duration_seconds")
        deleted = registry.counter("niks3_gc_objects_deleted_total")
    }

    func note(_ report: CollectionReport) {
        switch report.end {
        case .succeeded: succeeded.increment(by: 1)
        case .failed: failed.increment(by: 1)
        }
        durations.record(report.duration)
        deleted.increment(by: report.statistics.objectsDeletedAfterGracePeriod)
    }
}
