#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes the tree that is in a NAR into the file system.
///
/// What is at the path already is never changed: the root of the tree must not exist. Nothing is created outside of
/// it, whatever the archive says. After an error the part that was written stays, for the caller to remove.
public struct NarRestorer: Sendable {
    /// Where the root of the tree will be. Its directory must exist.
    public let path: String
    /// The bounds on depth, names and targets.
    public var limits: NarLimits
    /// Whether ``NarSummary/narHash`` is computed on the way.
    public var computesHash: Bool
    /// Whether ``NarSummary/listing`` is collected on the way.
    public var buildsListing: Bool

    /// Says where a tree will be written.
    ///
    /// - Parameters:
    ///   - path: Where the root of the tree will be.
    ///   - limits: The bounds on depth, names and targets.
    ///   - computesHash: Whether the NAR's SHA-256 hash is computed on the way.
    ///   - buildsListing: Whether the listing is collected on the way.
    public init(path: String, limits: NarLimits = .init(), computesHash: Bool = true, buildsListing: Bool = true) {
        self.path = path
        self.limits = limits
        self.computesHash = computesHash
        self.buildsListing = buildsListing
    }

    /// Restores an archive that comes in chunks. A thread of its own does the writing.
    ///
    /// - Parameter chunks: The bytes of the archive, not compressed.
    /// - Returns: Size, hash and listing of what was read.
    /// - Throws: ``NarKitError`` for an archive that is not valid or a file that cannot be written; what the sequence
    ///   throws; `CancellationError` when the task is cancelled. The thread has ended by then.
    @discardableResult
    public func restore<Chunks: AsyncSequence>(_ chunks: Chunks) async throws -> NarSummary
    where Chunks.Element == [UInt8] {
        let queue = BoundedQueue<[UInt8]>(capacity: 4)
        let completion = Completion<NarSummary>()
        _ = try WorkerThread { [self] in
            let result = Result<NarSummary, any Error> {
                var ingest = makeIngest()
                while let chunk = try queue.pop() { try ingest.consume(chunk) }
                return try ingest.finish()
            }
            queue.abandon()
            completion.complete(result)
        }
        do {
            for try await chunk in chunks {
                try Task.checkCancellation()
                guard await queue.send(chunk) else { break }
            }
            queue.finish()
        } catch {
            queue.finish(.failure(error))
        }
        return try await completion.valueDespiteCancellation()
    }

    /// Restores an archive from a file, pipe or socket up to its end. Blocks: not for tasks on Swift's cooperative pool.
    ///
    /// - Parameter descriptor: An open file descriptor, which stays open.
    /// - Returns: Size, hash and listing of what was read.
    /// - Throws: ``NarKitError`` for an archive that is not valid, or a file that cannot be read or written.
    @discardableResult
    public func restore(fromFileDescriptor descriptor: Int32) throws -> NarSummary {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var ingest = makeIngest()
        while true {
            let count = retryingInterrupts { read(descriptor, buffer.baseAddress, buffer.count) }
            guard count >= 0 else { throw NarKitError.system("read", Array("the archive".utf8), errno: errno) }
            if count == 0 { return try ingest.finish() }
            try ingest.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func makeIngest() -> NarIngest {
        NarIngest(
            limits: limits, computesHash: computesHash, buildsListing: buildsListing,
            writer: TreeWriter(path: Array(path.utf8)))
    }
}
