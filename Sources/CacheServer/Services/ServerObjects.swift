public import CacheCore
public import NarKit

/// The objects that the server itself puts into the cache at each start.
public struct ServerObjects: Sendable {
    /// How often a write is tried, each time under a new lease.
    private static let attempts = 5

    private let metadata: any MetadataStore
    private let objects: any ObjectStore
    private let times: LifecycleTimes

    /// - Parameters:
    ///   - metadata: whose clock dates the requests.
    ///   - objects: where they are put.
    ///   - times: how long each request may take effect.
    public init(metadata: any MetadataStore, objects: any ObjectStore, times: LifecycleTimes) {
        self.metadata = metadata
        self.objects = objects
        self.times = times
    }

    /// Writes `nix-cache-info`, by which Nix recognises a cache.
    ///
    /// - Throws: `CacheError` and `ObjectStoreError` of the stores.
    public func put(_ info: CacheInfo) async throws {
        try await put(info.serialized(), at: "nix-cache-info", contentType: "text/x-nix-cache-info")
    }

    /// Writes `index.html`, for people who come with a browser.
    ///
    /// - Throws: `CacheError` and `ObjectStoreError` of the stores.
    public func put(_ page: LandingPage) async throws {
        try await put(page.html, at: "index.html", contentType: "text/html; charset=utf-8")
    }

    private func put(_ text: String, at key: String, contentType: String) async throws {
        var delay = Duration.milliseconds(100)
        for attempt in 1... {
            let lease = Lease(signedAt: try await metadata.instant(), times: times)
            do throws(ObjectStoreError) {
                return try await objects.put(
                    Array(text.utf8), to: key, contentType: contentType, contentEncoding: nil, lease: lease)
            } catch {
                guard error.isRetryable, attempt < Self.attempts else { throw error }
                try await Task.sleep(for: delay)
                delay *= 2
            }
        }
    }
}
