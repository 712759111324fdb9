import CacheCore

/// What is pushed.
struct PushMetrics: Sendable {
    private let completed: CounterSeries
    private let refused: CounterSeries
    private let durations: HistogramSeries
    private let present: CounterSeries
    private let wanted: CounterSeries
    private let skippedPaths: CounterSeries
    private let skippedBytes: CounterSeries

    init(_ registry: PrometheusRegistry) {
        completed = registry.counter("niks3_pushes_total", [(name: "result", value: "completed")])
        refused = registry.counter("niks3_pushes_total", [(name: "result", value: "refused")])
        durations = registry.histogram("niks3_push_duration_seconds")
        present = registry.counter("niks3_push_objects_total", [(name: "state", value: "present")])
        wanted = registry.counter("niks3_push_objects_total", [(name: "state", value: "new")])
        skippedPaths = registry.counter("niks3_push_skipped_paths_total")
        skippedBytes = registry.counter("niks3_push_skipped_nar_bytes_total")
    }

    /// - Parameter now: by a clock that agrees with the database's.
    func note(_ event: UploadEvent, now: Timestamp) {
        switch event {
        case .begun(let objects, let new):
            present.increment(by: Int64(objects - new))
            wanted.increment(by: Int64(new))
        case .completed(let start):
            completed.increment(by: 1)
            durations.record(max(.zero, now - start))
        case .refused:
            refused.increment(by: 1)
        }
    }

    func note(_ skipped: UploadsSkippedRequest) {
        skippedPaths.increment(by: Int64(skipped.paths))
        skippedBytes.increment(by: Int64(skipped.narBytes))
    }
}
