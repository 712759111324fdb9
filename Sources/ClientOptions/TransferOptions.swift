import ArgumentParser
package import CacheClient

/// How what is pushed is read, compressed and sent.
package struct TransferOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many requests to the storage may be under way at once.", valueName: "n"))
    package var maxConcurrentUploads = 30

    @Flag(
        name: .customLong("verify-s3-integrity"),
        help: "Let the server check that what it knows is really in the storage.")
    package var verifyS3Integrity = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of zstd, from 1 (fast) to 19 (small).", valueName: "level"))
    package var compressionLevel = 3

    /// The names of the flags above that take no value.
    package static let switches: Set<String> = ["verify-s3-integrity"]

    package init() {}

    package func validate() throws {
        guard (1...1000).contains(maxConcurrentUploads) else {
            throw ValidationError("--max-concurrent-uploads must be between 1 and 1000.")
        }
        guard (1...19).contains(compressionLevel) else {
            throw ValidationError("--compression-level must be between 1 and 19.")
        }
    }

    /// The options of pushes.
    ///
    /// - Parameter processors: How many NARs are compressed at once.
    package func pushOptions(processors: Int) -> PushOptions {
        PushOptions(
            maximumConcurrentUploads: maxConcurrentUploads, processors: processors,
            compressionLevel: compressionLevel, verifiesStorage: verifyS3Integrity)
    }
}
