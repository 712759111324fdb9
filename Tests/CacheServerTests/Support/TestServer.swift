import CacheCore
import CacheServer
import CacheStorage
import Hummingbird
import HummingbirdTesting
import Logging
import NarKit

/// A whole server over a database in memory and a directory of its own.
struct TestServer: Sendable {
    static let token = "0123456789abcdef0123456789abcdef-test"

    let storage: EmbeddedStorage
    let uploads: UploadService
    let collections: CollectionService
    let application: CacheApplication
    let publicKey: String
    let narInfos: NarInfoCache
    let pull: PullThrough?

    private let configuration: ServerConfiguration

    /// What the store's clock is, for leases.
    var times: LifecycleTimes { .standard }

    static func run<Result: Sendable>(
        limits: ConnectionLimits = ConnectionLimits(), cacheURL: String? = nil, serverURL: URLOrigin? = nil,
        servesReads: Bool = true, settings: (inout UploadSettings) -> Void = { _ in },
        authenticators: [any Authenticator]? = nil, audiences: [String: String] = [:], tls: TLSIdentity? = nil,
        pushLimits: PushLimits = PushLimits(), farms: FarmLeadTimes = .standard, clocks: ClockWatch? = nil,
        narInfos: NarInfoCache = NarInfoCache(limits: NarInfoCacheLimits(bytes: 0)), redirectLifetime: Duration? = nil,
        pulling: PullThroughConfiguration? = nil, reading: (any ObjectStore) -> any ObjectStore = { $0 },
        clock: StoreClock = StoreClock(),
        logger: Logger = silent, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { path in
            let storage = try await EmbeddedStorage(directory: try DataDirectory(path: path), clock: clock)
            let signer = LocalSigner(keys: [try storage.signingKey(hostName: "test.example.org")])
            var uploadSettings = UploadSettings(signer: signer)
            settings(&uploadSettings)
            let uploads = UploadService(
                metadata: storage.metadata, objects: narInfos.following(storage.objects), settings: uploadSettings,
                clocks: clocks, logger: silent)
            let pull = pulling.map { PullThrough($0, uploads: uploads, logger: silent) }
            let publicKey = signer.publicKeys.map(\.description).joined()
            let configuration = ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), serverURL: serverURL, cacheURL: cacheURL,
                servesReads: servesReads, readRedirectLifetime: redirectLifetime, publicKeys: [publicKey],
                maximumNarSize: uploadSettings.maximumNarSize,
                authenticators: try authenticators ?? [try StaticTokenAuthenticator(token: token)],
                audiences: audiences, tls: tls, pushLimits: pushLimits, limits: limits)
            let server = TestServer(
                storage: storage, uploads: uploads, configuration: configuration, publicKey: publicKey,
                clocks: clocks, farms: farms, objects: reading(storage.objects), narInfos: narInfos, pull: pull,
                logger: logger)
            let result: Result
            do {
                result = try await body(server)
            } catch {
                await pull?.close()
                throw error
            }
            await pull?.close()
            return result
        }
    }

    private init(
        storage: EmbeddedStorage, uploads: UploadService, configuration: ServerConfiguration, publicKey: String,
        clocks: ClockWatch? = nil, farms: FarmLeadTimes, objects: any ObjectStore, narInfos: NarInfoCache,
        pull: PullThrough? = nil, logger: Logger = silent
    ) {
        self.storage = storage
        self.uploads = uploads
        self.configuration = configuration
        self.publicKey = publicKey
        self.narInfos = narInfos
        self.pull = pull
        collections = CollectionService(
            metadata: storage.metadata, uploads: uploads, settings: CollectionSettings(), logger: Self.silent)
        let services = CacheServices(
            uploads: uploads, collections: collections,
            pins: PinService(metadata: storage.metadata, objects: storage.objects, logger: Self.silent),
            closures: ClosureService(metadata: storage.metadata, objects: storage.objects, logger: Self.silent),
            objects: objects, narInfos: narInfos, pull: pull, directory: storage.objects,
            readiness: Readiness(metadata: storage.metadata, objects: storage.objects, clocks: clocks),
            farms: FarmLeads(metadata: storage.metadata, times: farms, logger: Self.silent),
            console: ConsoleService(store: storage.metadata))
        application = CacheApplication(configuration: configuration, services: services, logger: logger)
    }

    /// Another server over the same storage, which starts now.
    func replica(farms: FarmLeadTimes) -> TestServer {
        TestServer(
            storage: storage, uploads: uploads, configuration: configuration, publicKey: publicKey, farms: farms,
            objects: storage.objects, narInfos: narInfos)
    }

    /// The store as the server itself changes it: its readers see that at once.
    var following: any ObjectStore { narInfos.following(storage.objects) }

    /// Leave to write, from now on.
    var lease: Lease {
        get async throws { Lease(signedAt: try await storage.metadata.instant(), times: times) }
    }

    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Puts an object as the server itself would.
    func put(_ text: String, at key: String, contentEncoding: String? = nil) async throws {
        try await put(Array(text.utf8), at: key, contentEncoding: contentEncoding)
    }

    /// Puts an object as the server itself would.
    func put(_ bytes: [UInt8], at key: String, contentEncoding: String? = nil) async throws {
        try await storage.objects.put(
            bytes, to: key, contentType: "application/octet-stream", contentEncoding: contentEncoding,
            lease: Lease(signedAt: try await storage.metadata.instant(), times: times))
    }
}

extension TestServer {
    /// Runs requests against the routes, without a socket.
    func routes<Result: Sendable>(
        _ body: @Sendable (any TestClientProtocol) async throws -> Result
    ) async throws -> Result {
        try await application.application().test(.router, body)
    }
}

extension TestClientProtocol {
    /// Sends a request and returns the answer.
    func send(
        _ method: HTTPRequest.Method, _ uri: String, headers: HTTPFields = [:], body: String? = nil,
        token: String? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await execute(uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        {
            $0
        }
    }
}

extension TestResponse {
    /// The body as text.
    var text: String { String(buffer: body) }
}
