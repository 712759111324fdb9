public import Logging
import Synchronization

/// The uploads of a cache: what routes call, over the two stores.
///
/// It keeps nothing that must survive: every step is a transaction of the metadata store or a request to the object
/// store, and whatever stops between two of them is finished by a repeated call or by ``resume()``. No lock of the
/// metadata store is held while the object store is called.
public final class UploadService: Sendable {
    let metadata: any MetadataStore
    let objects: any ObjectStore
    let settings: UploadSettings
    let clocks: ClockWatch?
    let hook: (any LifecycleHook)?
    let onEvent: @Sendable (UploadEvent) -> Void
    let logger: Logger
    /// Uploads that a call of this process is publishing just now.
    let publishing = Mutex<Set<UploadID>>([])

    /// Makes the service.
    /// - Parameters:
    ///   - metadata: what the cache knows.
    ///   - objects: where the bytes are.
    ///   - settings: limits, times and keys.
    ///   - clocks: whether requests can be dated; nil where all clocks are one.
    ///   - hook: awaited before and after each call to a store.
    ///   - onEvent: is told what happens, for metrics; must not block.
    ///   - logger: for what cannot be told to a caller.
    public init(
        metadata: any MetadataStore, objects: any ObjectStore, settings: UploadSettings,
        clocks: ClockWatch? = nil, hook: (any LifecycleHook)? = nil,
        onEvent: @escaping @Sendable (UploadEvent) -> Void = { _ in }, logger: Logger
    ) {
        if let hook {
            self.metadata = HookedMetadataStore(metadata, hook: hook)
            self.objects = HookedObjectStore(objects, hook: hook)
        } else {
            self.metadata = metadata
            self.objects = objects
        }
        self.settings = settings
        self.clocks = clocks
        self.hook = hook
        self.onEvent = onEvent
        self.logger = logger
    }

    var times: LifecycleTimes { settings.times }

    /// Lets time pass.
    func pause(for duration: Duration) async throws(CacheError) {
        if let hook {
            do { try await hook.pause(for: duration) } catch { throw .processStopped }
        } else {
            do { try await Task.sleep(for: duration) } catch {
                throw CacheError(.unavailable, "The request was given up.")
            }
        }
    }

    /// The attributes of an object, as far as they may count for what a claim expects.
    /// - Returns: its size when it is there and within the limits.
    func arrivedSize(of key: ObjectKey, narSize: Int64?) async throws(CacheError) -> Int64? {
        let objects = objects
        let found = try await store { () throws(ObjectStoreError) in try await objects.attributes(of: key.text) }
        guard let size = found?.size else { return nil }
        switch key.type {
        case .nar:
            guard size > 0 else { return nil }
            return size <= settings.maximumUploadSize(narSize: narSize) ?? .max ? size : nil
        case .listing, .buildLog:
            return size <= UploadSettings.maximumAttachmentSize ? size : nil
        case .narinfo, .realisation:
            return size <= UploadSettings.maximumTextSize ? size : nil
        }
    }
}
