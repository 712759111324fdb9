// swift-tools-version: 6.2
import PackageDescription

/// Fuzz targets; `run.sh` builds and runs one of them.
let fuzzing: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])]
let linking: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]

let package = Package(
    name: "niks3-fuzz",
    dependencies: [.package(name: "niks3", path: "../")],
    targets: [
        .executableTarget(
            name: "FuzzNar", dependencies: [.product(name: "NarKit", package: "niks3")], swiftSettings: fuzzing,
            linkerSettings: linking),
        .executableTarget(
            name: "FuzzNarInfo", dependencies: [.product(name: "NarKit", package: "niks3")], swiftSettings: fuzzing,
            linkerSettings: linking),
        .executableTarget(
            name: "FuzzXML", dependencies: [.product(name: "S3Kit", package: "niks3")], swiftSettings: fuzzing,
            linkerSettings: linking),
    ],
    swiftLanguageModes: [.v6]
)
