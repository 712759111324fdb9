public import NarKit

/// What a push did.
public struct PushSummary: Sendable, Equatable {
    /// Paths whose narinfo the cache did not have.
    public var newPaths = 0
    /// Paths that were there already.
    public var cachedPaths = 0
    /// Paths that were left out because their closure holds a NAR that the server does not take.
    public var skippedPaths = 0
    /// Paths that were left out because another substituter has them.
    public var upstreamPaths = 0
    /// The roots that were skipped, and why.
    public var skippedRoots: [StorePath: String] = [:]
    /// The server's signatures of the roots, where they were asked for.
    public var signatures: [StorePath: [String]] = [:]
    /// Bytes of NARs that were read.
    public var bytesRead: UInt64 = 0
    /// Bytes that were sent to the storage.
    public var bytesSent: UInt64 = 0
    /// Bytes that need not be sent, since an earlier push that was interrupted had sent them.
    public var bytesKept: UInt64 = 0
    /// Bytes of those NARs that were sent, before compression.
    public var narBytesSent: UInt64 = 0
    /// Bytes of those NARs after compression.
    public var compressedBytesSent: UInt64 = 0
    /// How long it took.
    public var duration: Duration = .zero

    /// Makes a summary of nothing.
    public init() {}

    /// Adds what another push did.
    mutating func add(_ other: PushSummary) {
        newPaths += other.newPaths
        cachedPaths += other.cachedPaths
        skippedPaths += other.skippedPaths
        upstreamPaths += other.upstreamPaths
        skippedRoots.merge(other.skippedRoots) { $1 }
        signatures.merge(other.signatures) { $1 }
        bytesRead += other.bytesRead
        bytesSent += other.bytesSent
        bytesKept += other.bytesKept
        narBytesSent += other.narBytesSent
        compressedBytesSent += other.compressedBytesSent
        duration += other.duration
    }
}
