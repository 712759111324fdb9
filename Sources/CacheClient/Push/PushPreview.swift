/// What a push would do.
public struct PushPreview: Sendable, Equatable {
    /// The paths whose narinfo the cache lacks, sorted.
    public var newPaths: [PathInfo]
    /// How many paths the cache has.
    public var cachedPaths: Int
    /// How many paths are left out because another substituter has them.
    public var upstreamPaths: Int

    /// Describes what would be done.
    ///
    /// - Parameters:
    ///   - newPaths: The paths that the cache lacks.
    ///   - cachedPaths: How many it has.
    ///   - upstreamPaths: How many are left out.
    public init(newPaths: [PathInfo], cachedPaths: Int, upstreamPaths: Int) {
        self.newPaths = newPaths
        self.cachedPaths = cachedPaths
        self.upstreamPaths = upstreamPaths
    }

    /// The size of the NARs of the new paths, before compression, in bytes.
    public var narBytes: UInt64 { newPaths.reduce(0) { $0 + $1.narSize } }
}
