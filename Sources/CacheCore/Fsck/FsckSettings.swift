public import NarKit

/// What an ``FsckService`` goes by.
public struct FsckSettings: Sendable {
    /// The keys that narinfos have to be signed by; nil where nothing is signed.
    public var trustedKeys: TrustedKeys?
    /// How many objects are looked at together, 1 to 1,000.
    public var pageSize: Int
    /// How many NARs are read at the same time.
    public var narConcurrency: Int
    /// How often a NAR is read whose transfer breaks off.
    public var narAttempts: Int

    /// Makes settings.
    public init(
        trustedKeys: TrustedKeys? = nil, pageSize: Int = 1000, narConcurrency: Int = 4, narAttempts: Int = 3
    ) {
        self.trustedKeys = trustedKeys
        self.pageSize = pageSize
        self.narConcurrency = narConcurrency
        self.narAttempts = narAttempts
    }
}
