// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors where the Makefile says so, which it does for every build of ours; never for somebody
/// who links a library of ours with a newer compiler.
let strictness: [SwiftSetting] = Context.environment["NIKS3_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

/// The settings that every Swift target shares.
let settings: [SwiftSetting] =
    [
        // `any P` is written out, so that the cost of an existential is visible where it is paid.
        .enableUpcomingFeature("ExistentialAny"),
        // An import is private to its file unless it says otherwise: dependencies do not leak into our public API.
        .enableUpcomingFeature("InternalImportsByDefault"),
        // A member is only visible in files that import its module: no file depends on another file's imports.
        .enableUpcomingFeature("MemberImportVisibility"),
        // A nonisolated async function runs on its caller's actor: no hop for each call.
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        // A conformance of an isolated type is isolated with it, instead of an error or an unsafe escape.
        .enableUpcomingFeature("InferIsolatedConformances"),
    ] + strictness

/// Where `niks3-hook send` finds the daemon, if not where it usually is.
let hookSettings: [CSetting] =
    Context.environment["NIKS3_HOOK_SOCKET"].map { [.define("NIKS3_HOOK_SOCKET", to: "\"\($0)\"")] } ?? []

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Tests themselves need no optimization: what they test has it, and they compile in a third of the time.
/// - Parameter isOptimized: for tests that compute much.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], isOptimized: Bool = false
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, resources: resources,
        swiftSettings: settings + (isOptimized ? [] : [.unsafeFlags(["-Onone"])]))
}

/// A small program that shows how a library is used; the tests run it.
func example(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Examples/\(name)", swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let threadPool: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let webTokens: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")

let package = Package(
    name: "niks3",
    products: [
        .library(name: "NarKit", targets: ["NarKit"]),
        .library(name: "CurlKit", targets: ["CurlKit"]),
        .library(name: "S3Kit", targets: ["S3Kit"]),
        .library(name: "CacheCore", targets: ["CacheCore"]),
        .library(name: "CacheStorage", targets: ["CacheStorage"]),
        .library(name: "CacheClient", targets: ["CacheClient"]),
        .library(name: "CacheServer", targets: ["CacheServer"]),
        .library(name: "ProgramKit", targets: ["ProgramKit"]),
        .executable(name: "niks3", targets: ["niks3"]),
        .executable(name: "niks3-hook", targets: ["niks3-hook"]),
        .executable(name: "niks3-server", targets: ["niks3-server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.15.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.1.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        // Without its default trait, which brings in the whole of Foundation and with it 10 ms at each start.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CBZip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        // libcurl's headers, and what loads it with the first request; no program is linked to it.
        .target(name: "CCurl"),

        // What is decided when niks3-hook is built: Nix passes its hook no setting.
        .target(name: "CHookSettings", cSettings: hookSettings),

        // Only mallopt, which Glibc's module leaves out.
        .systemLibrary(name: "CMalloc"),

        // What the programs share: command lines, standard streams, lines of the log, systemd.
        library("ProgramKit", ["CMalloc", logging]),
        library("NarKit", ["CZstd", "CLZMA", "CBZip2", "CSodium", crypto]),
        library("CurlKit", ["CCurl"]),
        library("S3Kit", ["CurlKit", crypto]),
        library("CacheCore", ["NarKit", logging]),
        library(
            "CacheStorage", ["CacheCore", "NarKit", "S3Kit", "CurlKit", "CPQ", sqlite, threadPool, crypto, logging],
            // In the program itself, which needs no files beside it then.
            resources: [.embedInCode("Postgres/Migrations")]),
        library("CacheClient", ["CacheCore", "NarKit", "CurlKit", sqlite, subprocess, system, logging]),
        library(
            "CacheServer",
            [
                "CacheCore", "CacheStorage", "NarKit", "ProgramKit", "S3Kit", "CurlKit", hummingbird, hummingbirdCore,
                httpTypes, nioHTTPTypes, nioCore, nioExtras, threadPool, lifecycle, unixSignals, logging, metrics, tls,
                certificates, asn1, webTokens, subprocess, system,
            ]),
        // The flags that niks3 and niks3-hook have in common.
        library("ClientOptions", ["CacheClient", "CacheCore", "CurlKit", "ProgramKit", argumentParser, logging]),
        .executableTarget(
            name: "niks3",
            dependencies: [
                "CacheClient", "CacheCore", "ClientOptions", "CurlKit", "NarKit", "ProgramKit", argumentParser, logging,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "niks3-hook",
            dependencies: [
                "CacheClient", "CacheCore", "ClientOptions", "CHookSettings", "ProgramKit", argumentParser, logging,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "niks3-server",
            dependencies: [
                "CacheServer", "CacheStorage", "CacheCore", "NarKit", "ProgramKit", "S3Kit", argumentParser, lifecycle,
                unixSignals, logging, metrics, httpTypes, threadPool,
            ],
            swiftSettings: settings),

        example("DumpStorePath", ["NarKit"]),
        example("SignAndVerify", ["NarKit"]),
        example("PresignUpload", ["S3Kit"]),
        example("PlanCollection", ["CacheCore"]),
        example("PushClosure", ["CacheClient", "CurlKit", "NarKit", logging]),

        // Starts the real services that tests work with: S3, PostgreSQL, and a proxy that breaks things.
        .target(
            name: "TestServices",
            dependencies: ["CurlKit", "CacheCore", "CacheStorage", subprocess, system, nioCore, threadPool, nioHTTP1],
            path: "Tests/TestServices", swiftSettings: settings),
        tests("ProgramKitTests", ["ProgramKit", "TestServices", logging]),
        tests(
            "NarKitTests", ["NarKit", subprocess, system], resources: [.copy("Fixtures")], isOptimized: true),
        tests("CurlKitTests", ["CurlKit", nioCore, threadPool, nioHTTP1]),
        tests(
            "S3KitTests", ["S3Kit", "CurlKit", "TestServices", nioCore, threadPool, nioHTTP1, subprocess, system],
            resources: [.copy("Fixtures")]),
        tests(
            "CacheCoreTests", ["CacheCore", "CacheStorage", "NarKit", "TestServices", sqlite, logging],
            resources: [.copy("Fixtures")], isOptimized: true),
        tests(
            "CacheStorageTests",
            ["CacheStorage", "CacheCore", "S3Kit", "CurlKit", "NarKit", "TestServices", "CPQ", sqlite, logging]),
        tests(
            "CacheServerTests",
            [
                "CacheServer", "CacheStorage", "CacheCore", "NarKit", "ProgramKit", "niks3-server", hummingbird,
                hummingbirdCore, hummingbirdTesting, httpTypes, nioCore, nioHTTP1, threadPool, lifecycle, logging,
                metrics,
                "TestServices", "S3Kit", "CurlKit", subprocess, system, tls, certificates, asn1, crypto,
                cryptoExtras,
            ]),
        tests(
            "CacheClientTests",
            [
                "CacheClient", "CacheCore", "NarKit", "CurlKit", "ClientOptions", "ProgramKit", "niks3", "niks3-hook",
                argumentParser, sqlite, nioCore, threadPool, nioHTTP1, logging, subprocess, system,
            ]),
        tests(
            "EndToEndTests",
            [
                "NarKit", "CacheClient", "CacheCore", "CurlKit", "S3Kit", "TestServices", "niks3", "niks3-hook",
                "niks3-server", "DumpStorePath", "SignAndVerify", "PresignUpload", "PlanCollection", "PushClosure",
                sqlite, subprocess, system,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
