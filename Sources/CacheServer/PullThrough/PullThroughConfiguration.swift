public import NarKit

/// Other caches from which a cache is filled, and what of theirs is believed.
public struct PullThroughConfiguration: Sendable {
    /// Their addresses, asked in this order, without a slash at the end.
    public var upstreams: [String]
    /// Whose signatures count. A narinfo without any of them is neither served nor stored.
    public var trustedKeys: TrustedKeys
    /// The store directory of the paths in this cache.
    public var storeDirectory: StoreDirectory
    /// For how long it is remembered that no upstream has something.
    public var negativeLifetime: Duration = .seconds(60)
    /// How many NARs are fetched at the same time; further readers wait.
    public var narConcurrency = 16
    /// How many narinfos are fetched at the same time; further readers wait.
    public var narInfoConcurrency = 256
    /// For how long a narinfo is passed on without asking its upstream again, while nobody has fetched its NAR.
    public var narInfoLifetime: Duration = .seconds(600)
    /// How many bytes of narinfos are remembered whose NARs may be asked for next.
    public var rememberedBytes = 64 << 20

    /// - Parameters:
    ///   - upstreams: their addresses, without a slash at the end.
    ///   - trustedKeys: whose signatures count.
    ///   - storeDirectory: the store directory of the paths in this cache.
    public init(upstreams: [String], trustedKeys: TrustedKeys, storeDirectory: StoreDirectory = .standard) {
        self.upstreams = upstreams
        self.trustedKeys = trustedKeys
        self.storeDirectory = storeDirectory
    }
}
