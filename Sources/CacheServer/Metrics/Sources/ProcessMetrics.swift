import NIOPosix

/// What the system knows about the process, under the names that all programs use for it
/// (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).
struct ProcessMetrics: MetricSource {
    /// In seconds since 1970.
    private let startTime = ProcessReadings.now

    func metrics() async -> [ExposedMetric] {
        // Files are read for it.
        guard let readings = try? await NIOThreadPool.singleton.runIfActive({ ProcessReadings() }) else { return [] }
        return [
            exposed(
                "process_cpu_seconds_total", .counter, "Processor time that the process has used.",
                readings.processorSeconds),
            exposed("process_start_time_seconds", .gauge, "When the process began.", startTime),
            exposed(
                "process_virtual_memory_bytes", .gauge, "Memory that the process has reserved.",
                readings.reservedBytes),
            exposed(
                "process_resident_memory_bytes", .gauge, "Memory of the process that is in use.",
                readings.residentBytes),
            exposed("process_open_fds", .gauge, "Files and sockets that the process has open.", readings.openFiles),
            exposed("process_max_fds", .gauge, "Files and sockets that it may have open.", readings.maximumFiles),
        ]
    }

    private func exposed(
        _ name: String, _ kind: ExposedMetric.Kind, _ help: String, _ value: Double?
    ) -> ExposedMetric {
        ExposedMetric(name: name, kind: kind, help: help, samples: value.map { [MetricSample(value: $0)] } ?? [])
    }
}
