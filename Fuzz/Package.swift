// swift-tools-version: 6.2
import PackageDescription

/// A fuzz target; `run.sh` builds and runs one.
func fuzzer(_ name: String, of library: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzDriver", .product(name: library, package: "niks3")],
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
    ],
    swiftLanguageModes: [.v6]
)
