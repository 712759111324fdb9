import CacheCore
import CacheStorage
import Logging
import NarKit
import TestServices
import Testing

/// A cache of its own for a test: a metadata store, a modelled bucket, and a clock that stands still.
final class CacheFixture: Sendable {
    let metadata: MetadataFixture
    let bucket: ModelObjectStore
    let service: UploadService
    let key: SecretKey

    static let origin = URLOrigin(scheme: "http", authority: "cache.example:5751")

    init(
        _ kind: MetadataKind, hook: (any LifecycleHook)? = nil,
        _ configure: (inout UploadSettings) -> Void = { _ in }
    ) async throws {
        metadata = try await MetadataFixture(kind)
        bucket = ModelObjectStore(clock: metadata.clock.storeClock)
        key = try SecretKey.generate(name: "cache.example-1")
        service = Self.service(metadata.store, bucket, key, hook, configure)
    }

    var clock: TestClock { metadata.clock }
    var store: any InspectableStore { metadata.store }

    /// Another server over the same stores.
    func replica(hook: (any LifecycleHook)? = nil, _ configure: (inout UploadSettings) -> Void = { _ in })
        -> UploadService
    {
        Self.service(store, bucket, key, hook, configure)
    }

    /// Another server, with a store of its own.
    func service(over store: any MetadataStore) -> UploadService {
        Self.service(store, bucket, key, nil) { _ in }
    }

    private static func service(
        _ store: any MetadataStore, _ bucket: ModelObjectStore, _ key: SecretKey, _ hook: (any LifecycleHook)?,
        _ configure: (inout UploadSettings) -> Void
    ) -> UploadService {
        var settings = UploadSettings(signer: LocalSigner(keys: [key]))
        settings.times.busyWait = .milliseconds(20)
        settings.times.busyPoll = .milliseconds(5)
        configure(&settings)
        return UploadService(
            metadata: store, objects: bucket, settings: settings, hook: hook,
            logger: logger)
    }

    /// A logger that nobody hears.
    static var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    func create(_ package: TestPackage, verifyS3: Bool = false) async throws -> CreateUploadResponse {
        let request = CreateUploadRequest(
            closure: package.key, objects: package.closure.flatMap(\.objects), verifyS3: verifyS3)
        return try await service.create(request, origin: Self.origin)
    }

    /// What a client sends straight to the bucket: NARs, listings, logs.
    func upload(
        _ packages: [TestPackage], _ created: CreateUploadResponse, except: Set<String> = []
    ) async throws {
        for package in packages {
            for (key, bytes) in [
                (package.narKey, package.nar), (package.listingKey, Array("{}".utf8)),
                (package.logKey, Array("log".utf8)),
            ] where !except.contains(key) {
                guard let place = created.pendingObjects[key] else { continue }
                if let url = place.presignedURL {
                    try bucket.clientPut(bytes, to: url)
                } else if let multipart = place.multipart {
                    try await sendParts([bytes], key: key, multipart)
                }
            }
        }
    }

    /// Sends parts and completes the multipart upload.
    func sendParts(_ parts: [[UInt8]], key: String, _ multipart: MultipartInfo) async throws {
        var sent: [CompleteMultipartRequest.Part] = []
        for (index, part) in parts.enumerated() {
            let etag = try bucket.clientPut(part, to: multipart.partURLs[index])
            sent.append(.init(partNumber: index + 1, etag: "\"\(etag)\""))
        }
        try await service.completeMultipart(
            CompleteMultipartRequest(objectKey: key, uploadID: multipart.uploadID, parts: sent.reversed()))
    }

    /// Signs with `publish`, as our client does.
    func sign(_ packages: [TestPackage], _ created: CreateUploadResponse) async throws {
        let pending = packages.filter { created.pendingObjects[$0.key] != nil }
        var realisations: [String: String] = [:]
        for package in packages {
            guard let key = package.realisationKey, created.pendingObjects[key] != nil else { continue }
            realisations[key] = package.realisationText
        }
        let request = SignRequest(
            narinfos: Dictionary(uniqueKeysWithValues: pending.map { ($0.key, $0.narInfoFields) }), publish: true,
            realisations: realisations)
        let answer = try await service.sign(created.id, request)
        #expect(answer.publishedByServer == true)
    }

    /// Puts narinfos into staging, as existing clients do.
    func stage(
        _ packages: [TestPackage], _ created: CreateUploadResponse, compressed: Bool = true
    ) throws {
        for package in packages {
            guard let url = created.pendingObjects[package.key]?.presignedURL else { continue }
            let text = Array(package.narInfoText().utf8)
            let bytes = compressed ? try Compression.compress(text, format: .zstd) : text
            try bucket.clientPut(bytes, to: url, contentEncoding: compressed ? "zstd" : nil)
        }
    }

    /// A whole push. Returns what had to be uploaded.
    @discardableResult
    func push(_ package: TestPackage, staged: Bool = false, verifyS3: Bool = false) async throws -> Set<String> {
        let created = try await create(package, verifyS3: verifyS3)
        try await upload(package.closure, created)
        if staged { try stage(package.closure, created) } else { try await sign(package.closure, created) }
        try await service.complete(created.id)
        return Set(created.pendingObjects.keys)
    }

    /// Checks all invariants; to be called at the end of every test.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var texts: [String: [String]] = [:]
        for key in bucket.keys where ObjectKey(validating: key)?.type == .narinfo {
            let info = try NarInfo(parsing: bucket[key]?.bytes ?? [])
            texts[key] = [info.url]
        }
        // Objects of pins belong to no upload.
        let keys = bucket.keys.filter { !$0.hasPrefix("pins/") }
        let found = LifecycleInvariants(try await store.snapshot(), bucket: keys).violations(texts: texts)
        #expect(found == [], sourceLocation: sourceLocation)
    }

    /// The states of some keys.
    func states(_ keys: [String]) async throws -> [ObjectState?] {
        let objects = try await store.snapshot().objects.values
        return keys.map { key in objects.first { $0.key == key }?.state }
    }
}

/// Runs something that must fail with a `CacheError`, and returns it.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> CacheError {
    do {
        try await body()
    } catch let error as CacheError {
        return error
    }
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    throw CacheError(.internal, "nothing was thrown")
}
