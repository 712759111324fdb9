public import Logging
public import NarKit

/// Names for closures, which keep them from expiring.
///
/// A pin is a row, and beside it an object `pins/<name>` that holds the store path for whoever reads the bucket. The row
/// counts: the object is written after it, and written anew when the row changed meanwhile.
public final class PinService: Sendable {
    private let metadata: any MetadataStore & PinStore
    private let objects: any ObjectStore
    private let storeDirectory: StoreDirectory
    private let times: LifecycleTimes
    private let logger: Logger

    /// How often the object is written because its row changed meanwhile.
    private static let attempts = 5
    private static let page = 1000

    /// Makes the service.
    public init(
        metadata: any MetadataStore & PinStore, objects: any ObjectStore, storeDirectory: StoreDirectory = .standard,
        times: LifecycleTimes = .standard, logger: Logger
    ) {
        self.metadata = metadata
        self.objects = objects
        self.storeDirectory = storeDirectory
        self.times = times
        self.logger = logger
    }

    /// How many closures a name may keep.
    public static let keepLimit = 1000

    /// Gives a closure a name.
    /// - Parameters:
    ///   - name: the name.
    ///   - storePath: the path of the closure's top.
    ///   - expiresAt: when the pin ends, by the metadata store's clock; nil for never.
    ///   - keep: how many of the closures that had the name last stay, this one included.
    /// - Throws: ``CacheError``: `invalidRequest` for a name or a store path that is none, an end that is past, and a number
    ///   that is out of bounds; `notFound` when the closure was never pushed, or has expired.
    public func set(
        _ name: String, storePath: String, expiresAt: Timestamp? = nil, keep: Int = 1
    ) async throws(CacheError) {
        let name = try PinName(name)
        let path: StorePath
        do throws(NarKitError) { path = try StorePath(parsing: storePath, in: storeDirectory) } catch {
            throw CacheError(
                .invalidRequest,
                "'\(storePath.prefix(256))' is no store path of \(storeDirectory); name one that was pushed.")
        }
        guard (1...PinService.keepLimit).contains(keep) else {
            throw CacheError(.invalidRequest, "keep must be between 1 and \(PinService.keepLimit).")
        }
        if let expiresAt, try await metadata.instant() >= expiresAt {
            throw CacheError(.invalidRequest, "expires_at \(expiresAt) is past; name a later instant.")
        }
        let pin = NewPin(
            name: name, closure: ObjectKey.narinfo(hashPart: path.hashPart), storePath: storePath,
            expiresAt: expiresAt, keep: keep)
        guard try await metadata.setPin(pin) != nil else {
            throw CacheError(
                .notFound, "The cache has no closure of \(storePath.prefix(256)); push the path before it is pinned.")
        }
        try await write(name)
    }

    /// Takes a name away.
    /// - Throws: ``CacheError`` of code `notFound` when there is no such pin.
    public func remove(_ name: String) async throws(CacheError) {
        let name = try PinName(name)
        guard try await metadata.removePin(name) else {
            throw CacheError(.notFound, "There is no pin \(name); list the pins to see which there are.")
        }
        try await write(name)
    }

    /// All pins, by name.
    public func all() async throws(CacheError) -> [Pin] {
        var pins: [Pin] = []
        while true {
            let page = try await metadata.pins(after: pins.last?.name ?? "", limit: PinService.page)
            pins += page
            if page.count < PinService.page { return pins }
        }
    }

    /// Writes the objects of pins anew that differ from their rows, and deletes those of pins that have ended.
    ///
    /// A failure is logged: the next call tries again.
    public func repair() async {
        do throws(CacheError) {
            try await deleteStale()
            for pin in try await all() {
                let name = try PinName(pin.name)
                let objects = objects
                let found = try await store { () throws(ObjectStoreError) in
                    try await objects.attributes(of: name.key)
                }
                if found?.size != Int64(pin.storePath.utf8.count)
                    || (found?.lastModified ?? pin.updatedAt) < pin.updatedAt
                {
                    try await write(name)
                }
            }
        } catch {
            logger.warning("the objects of pins are left to a later call", metadata: ["error": "\(error)"])
        }
    }

    /// Deletes the objects of names that are no pins any more.
    private func deleteStale() async throws(CacheError) {
        let objects = objects
        var last: String?
        while true {
            let after = last
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: PinName.prefix, after: after, limit: PinService.page)
            }
            for entry in page.objects {
                guard let name = try? PinName(entry.key.dropFirst(PinName.prefix.count)) else { continue }
                if try await metadata.pin(name) == nil { try await write(name) }
            }
            guard page.hasMore, let final = page.objects.last else { return }
            last = final.key
        }
    }

    /// Brings the object to what the row says, until the row stays what it was.
    private func write(_ name: PinName) async throws(CacheError) {
        var written: Pin??
        for _ in 0..<PinService.attempts {
            let pin = try await metadata.pin(name)
            if let written, written == pin { return }
            try await write(pin, name)
            written = .some(pin)
        }
        logger.debug("a pin changed all the time while its object was written", metadata: ["pin": "\(name)"])
    }

    private func write(_ pin: Pin?, _ name: PinName) async throws(CacheError) {
        let lease = Lease(signedAt: try await metadata.instant(), times: times)
        let objects = objects
        try await store { () throws(ObjectStoreError) in
            guard let pin else {
                if case .some(.some(let error)) = try await objects.delete([name.key], lease: lease)[name.key] {
                    throw error
                }
                return
            }
            try await objects.put(
                Array(pin.storePath.utf8), to: name.key, contentType: "text/plain; charset=utf-8", contentEncoding: nil,
                lease: lease)
        }
    }
}
