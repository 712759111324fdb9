import CacheCore
import CacheServer
import CacheStorage
import NarKit

/// What a server works with, wherever it is kept.
struct ServerStorage: Sendable {
    let metadata: any MetadataStore & CollectionStore & PinStore & ClosureStore & ConsoleStore
    /// For what the server itself does.
    let objects: any ObjectStore
    /// For readers.
    let readObjects: any ObjectStore
    /// Where the presigned URLs lead to this server.
    let directory: DirectoryStore?
    /// Nil where all clocks are one.
    let clocks: ClockWatch?
    let apiToken: String
    /// Nil where the token is in no file.
    let tokenPath: String?
    let signingKeys: [SecretKey]
    /// What whoever runs the server should know about where it keeps everything.
    let warnings: [String]
    let close: @Sendable () async -> Void

    /// Opens what the settings name.
    ///
    /// - Throws: what keeps it from being used, in one sentence.
    init(
        settings: ServerSettings, environment: [String: String], clock: StoreClock, limits: ConnectionLimits,
        metrics: ServerMetrics
    ) async throws {
        switch settings.storage {
        case .directory(let path):
            try await self.init(directory: path, settings: settings, clock: clock, metrics: metrics)
        case .shared(let configuration):
            try await self.init(
                shared: configuration, settings: settings, environment: environment, limits: limits,
                metrics: metrics)
        }
    }

    private init(
        directory path: String, settings: ServerSettings, clock: StoreClock, metrics: ServerMetrics
    ) async throws {
        let storage = try await EmbeddedStorage(
            directory: try DataDirectory(path: path), clock: clock, metrics: metrics)
        metadata = storage.metadata
        objects = storage.objects
        readObjects = storage.objects
        directory = storage.objects
        clocks = nil
        apiToken = try settings.apiToken ?? storage.apiToken()
        tokenPath = settings.apiToken == nil ? storage.tokenPath : settings.apiTokenPath
        // Beside a key that no machine gives away, one in a file would vouch for the same.
        let needsKey = settings.signingKeys.isEmpty && settings.signProgram == nil
        signingKeys =
            needsKey ? [try storage.signingKey(hostName: Machine.hostName)] : settings.signingKeys
        warnings = []
        // The directory stays locked until then.
        close = { withExtendedLifetime(storage) {} }
    }

    private init(
        shared: SharedStorageConfiguration, settings: ServerSettings, environment: [String: String],
        limits: ConnectionLimits, metrics: ServerMetrics
    ) async throws {
        guard let apiToken = settings.apiToken else { preconditionFailure("settings with a database have a token") }
        let storage = try await SharedStorage(
            shared, environment: environment, readers: limits.maximumConnections, metrics: metrics)
        metadata = storage.metadata
        objects = storage.objects
        readObjects = storage.readObjects
        directory = nil
        clocks = ClockWatch(metadata: storage.metadata, objects: storage.objects) { StoreClock.systemTime() }
        self.apiToken = apiToken
        tokenPath = settings.apiTokenPath
        signingKeys = settings.signingKeys
        warnings = storage.warnings
        close = { await storage.close() }
    }
}
