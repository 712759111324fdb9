public import CacheCore
public import NarKit

/// Puts the object by which Nix recognises a cache.
public struct CacheInfoPublisher: Sendable {
    private let metadata: any MetadataStore
    private let objects: any ObjectStore
    private let times: LifecycleTimes

    /// - Parameters:
    ///   - metadata: whose clock dates the request.
    ///   - objects: where it is put.
    ///   - times: how long the request may take effect.
    public init(metadata: any MetadataStore, objects: any ObjectStore, times: LifecycleTimes) {
        self.metadata = metadata
        self.objects = objects
        self.times = times
    }

    /// Writes `nix-cache-info`.
    ///
    /// - Throws: `CacheError` and `ObjectStoreError` of the stores.
    public func publish(_ info: CacheInfo) async throws {
        try await objects.put(
            Array(info.serialized().utf8), to: "nix-cache-info", contentType: "text/x-nix-cache-info",
            contentEncoding: nil, lease: Lease(signedAt: try await metadata.instant(), times: times))
    }
}
