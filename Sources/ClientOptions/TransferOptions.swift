package import ArgumentParser
package import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is pushed of a closure, and how.
package struct TransferOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many requests to the storage may be under way at once. (default: 30)", valueName: "n"))
    package var maxConcurrentUploads: Int?

    @Option(
        help: ArgumentHelp(
            "How many NARs are compressed at once. (default: one for each processor)", valueName: "n"))
    package var jobs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of zstd, from 1 (fast) to 19 (small). (default: 3)", valueName: "level"))
    package var compressionLevel: Int?

    @Flag(
        name: .customLong("verify-s3-integrity"),
        help: "Let the server check that what it knows is really in the storage.")
    package var verifyS3Integrity = false

    @Flag(help: "Push just the paths that are named, without what they refer to.")
    package var noClosure = false

    @Option(
        name: .customLong("skip-upstream"), parsing: .singleValue,
        help: ArgumentHelp(
            "Leave out what this substituter has. A collection over there can break closures here. May be repeated.",
            valueName: "url"))
    package var skippedUpstreams: [String] = []

    /// The names of the flags above that take no value.
    package static let switches: Set<String> = ["verify-s3-integrity", "no-closure"]

    package init() {}

    package func validate() throws {
        try Self.check(maxConcurrentUploads, in: 1...1000, "--max-concurrent-uploads")
        try Self.check(jobs, in: 1...1024, "--jobs")
        try Self.check(compressionLevel, in: 1...19, "--compression-level")
        for url in skippedUpstreams where !url.hasPrefix("http://") && !url.hasPrefix("https://") {
            throw ValidationError("--skip-upstream takes the http or https address of a substituter, not \(url).")
        }
    }

    private static func check(_ number: Int?, in range: ClosedRange<Int>, _ flag: String) throws {
        if let number, !range.contains(number) {
            throw ValidationError("\(flag) must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }

    /// The options of the engine: flags, then settings, then defaults.
    package func pushOptions(environment: [String: String], settings: ClientSettings) -> PushOptions {
        var options = PushOptions(
            maximumConcurrentUploads: maxConcurrentUploads ?? settings.maximumConcurrentUploads ?? 30,
            processors: jobs ?? settings.jobs ?? ProcessInfo.processInfo.activeProcessorCount,
            compressionLevel: compressionLevel ?? settings.compressionLevel ?? 3, verifiesStorage: verifyS3Integrity,
            journalDirectory: PushOptions.journalDirectory(environment: environment))
        options.leavesOutReferences = noClosure
        options.skippedUpstreams = skippedUpstreams.isEmpty ? settings.skippedUpstreams ?? [] : skippedUpstreams
        return options
    }
}
