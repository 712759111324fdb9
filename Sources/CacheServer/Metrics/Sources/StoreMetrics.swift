import CacheCore
import Logging

/// What the database says about the cache. It is asked whenever somebody asks us, and for no longer than a few seconds.
struct StoreMetrics: MetricSource {
    let uploads: UploadService
    let collections: CollectionService?
    let logger: Logger
    var limit: Duration = .seconds(5)

    func metrics() async -> [ExposedMetric] {
        let (uploads, collections) = (uploads, collections)
        do throws(CacheError) {
            return try await withTimeLimit(limit) { () throws(CacheError) in
                let counts = try await uploads.counts()
                var metrics = [
                    Self.gauge("niks3_cache_objects", Double(counts.objects)),
                    Self.gauge("niks3_cache_logical_bytes", Double(counts.bytes)),
                    Self.gauge("niks3_pending_closures", Double(counts.pendingUploads)),
                ]
                // Whichever server has done it.
                if let last = try await collections?.status(), last.state == .succeeded, let end = last.finishedAt {
                    metrics.append(
                        Self.gauge("niks3_gc_last_run_timestamp_seconds", Double(end.microseconds) / 1e6))
                }
                return metrics
            }
        } catch {
            logger.warning("the database tells no numbers for metrics", metadata: ["error": "\(error)"])
            return []
        }
    }

    private static func gauge(_ name: String, _ value: Double) -> ExposedMetric {
        ExposedMetric(
            name: name, kind: .gauge, help: MetricDescription.known[name]?.help ?? MetricName.help(name),
            samples: [MetricSample(value: value)])
    }
}
