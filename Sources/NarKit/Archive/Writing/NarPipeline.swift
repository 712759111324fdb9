import Synchronization

/// The two threads of a dump: a walker of its own, and the calling one which reads, hashes and compresses.
enum NarPipeline {
    /// Batches that the walker is ahead of the reader at most; with the files of a batch this bounds open descriptors.
    private static let batchesAhead = 4

    /// Dumps a tree on the calling thread, with a walker beside it that has ended when this returns. Blocks.
    ///
    /// - Parameters:
    ///   - source: What is dumped, and how.
    ///   - progress: Is told the bytes of the archive that have been read, and may throw to end the dump.
    ///   - body: Takes everything out of the encoder, to its end.
    /// - Returns: Size, hash and listing of what was dumped.
    static func run(
        _ source: NarSource, progress: @escaping (UInt64) throws -> Void = { _ in },
        _ body: (inout NarEncoder) throws -> Void
    ) throws -> NarSummary {
        let batches = BoundedQueue<FileBatch>(capacity: batchesAhead)
        // Before the thread: it throws where the options are wrong.
        var encoder = try NarEncoder(source.options, input: batches, progress: progress)
        let walked = WalkerResult()
        let walker = try WorkerThread { [path = source.path, options = source.options] in
            let end = Result<Void, any Error> {
                var walker = TreeWalker(path: Array(path.utf8), options: options, output: batches)
                walked.set(try walker.run())
            }
            batches.finish(end)
        }
        let outcome = Result<Void, any Error> { try body(&encoder) }
        batches.abandon()
        walker.join()
        try outcome.get()
        return NarSummary(
            narSize: encoder.narSize, narHash: encoder.narHash, listing: walked.listing,
            compressedSize: encoder.outputSize)
    }
}

/// What the walker leaves behind for the thread that joins it.
private final class WalkerResult: Sendable {
    private let stored = Mutex<NarListing?>(nil)

    var listing: NarListing? { stored.withLock { $0 } }

    func set(_ listing: NarListing?) {
        stored.withLock { $0 = listing }
    }
}
