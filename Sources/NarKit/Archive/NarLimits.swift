/// The bounds of what is accepted in a NAR, so that a hostile one cannot use up memory, stack or descriptors.
public struct NarLimits: Sendable, Hashable {
    /// How many directories may lie in each other. 2,048 by default: no longer path fits into the 4,096 bytes that
    /// Linux allows.
    public var maximumDepth: Int
    /// The bytes of an entry's name, 255 by default as on Linux and macOS.
    public var maximumNameLength: Int
    /// The bytes of a symbolic link's target, 4,095 by default as on Linux.
    public var maximumTargetLength: Int

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - maximumDepth: How many directories may lie in each other.
    ///   - maximumNameLength: The bytes of an entry's name.
    ///   - maximumTargetLength: The bytes of a symbolic link's target.
    public init(maximumDepth: Int = 2048, maximumNameLength: Int = 255, maximumTargetLength: Int = 4095) {
        self.maximumDepth = maximumDepth
        self.maximumNameLength = maximumNameLength
        self.maximumTargetLength = maximumTargetLength
    }
}
