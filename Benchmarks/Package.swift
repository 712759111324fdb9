// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that nobody who uses the libraries has to build the benchmark harness.
let package = Package(
    name: "niks3-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "niks3", path: "../"),
        // Without its default trait it needs no jemalloc.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        // One run of one thing, for nar.sh and http.sh to time beside other programs.
        .executableTarget(name: "nar-bench", dependencies: [.product(name: "NarKit", package: "niks3")]),
        .executableTarget(name: "http-bench", dependencies: [.product(name: "CurlKit", package: "niks3")]),
        .executableTarget(
            name: "NarBenchmarks",
            dependencies: [
                .product(name: "NarKit", package: "niks3"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/NarBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
