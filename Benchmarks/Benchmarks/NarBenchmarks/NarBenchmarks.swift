import Benchmark
import Foundation
import NarKit

/// Throughput over the tree that `NIKS3_BENCH_PATH` names; `/usr/include` when it is not set.
let benchmarks: @Sendable () -> Void = {
    let path = ProcessInfo.processInfo.environment["NIKS3_BENCH_PATH"] ?? "/usr/include"
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident], maxDuration: .seconds(5))

    let dumps: [(name: String, options: NarSource.Options)] = [
        ("dump", .init(computesHash: false, buildsListing: false)),
        ("dump, hash and listing", .init()),
        ("dump, zstd, one thread", .init(compression: .zstd(.init()))),
        ("dump, zstd, two workers", .init(compression: .zstd(.parallel()))),
    ]
    for (name, options) in dumps {
        Benchmark(name, configuration: configuration) { benchmark in
            for _ in benchmark.scaledIterations {
                try NarSource(path: path, options: options).write { bytes in blackHole(bytes.count) }
            }
        }
    }

    Benchmark("stream, hash and listing", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            let stream = NarSource(path: path).makeStream()
            for try await chunk in stream { blackHole(chunk.count) }
            blackHole(try await stream.summary())
        }
    }

    Benchmark("listing, written and parsed", configuration: configuration) { benchmark in
        guard let listing = try NarSource(path: path).write({ _ in }).listing else { return }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            blackHole(try NarListing(parsing: listing.serialized()).nodeCount)
        }
    }
}
