// swift-tools-version: 6.2
import PackageDescription

/// A fuzz target; `run.sh` builds and runs one.
func fuzzer(_ name: String, of libraries: String...) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzDriver"] + libraries.map { .product(name: $0, package: "niks3") },
        swiftSettings: [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])])
}

let package = Package(
    name: "niks3-fuzz",
    dependencies: [.package(name: "niks3", path: "../")],
    targets: [
        .target(name: "FuzzDriver"),
        fuzzer("FuzzNar", of: "NarKit"),
        fuzzer("FuzzNarInfo", of: "NarKit"),
        fuzzer("FuzzXML", of: "S3Kit"),
        fuzzer("FuzzCreate", of: "CacheCore"),
        fuzzer("FuzzText", of: "NarKit"),
        fuzzer("FuzzQuery", of: "S3Kit"),
        fuzzer("FuzzAPI", of: "CacheCore"),
        fuzzer("FuzzHook", of: "CacheClient", "NarKit"),
        fuzzer("FuzzRequest", of: "CacheServer", "CacheCore"),
        fuzzer("FuzzAccess", of: "CacheServer", "CacheCore", "CurlKit"),
    ],
    swiftLanguageModes: [.v6]
)
