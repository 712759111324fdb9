import CacheCore
import CacheServer
import CacheStorage
import Logging
import NarKit
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A server that keeps everything in its data directory, from the first start to the last signal.
struct EmbeddedServer {
    let settings: ServerSettings

    /// Runs until a signal ends it.
    ///
    /// - Throws: what keeps it from starting.
    func run() async throws {
        Machine.keepFilesPrivate()
        let clock = StoreClock()
        let logger = makeLogger(clock: clock)
        let times = settings.times ?? .standard
        if settings.times != nil {
            logger.warning("\(LifecycleTimes.environmentVariable) is set: uploads are not safe with such times")
        }
        let storage = try await EmbeddedStorage(
            directory: try DataDirectory(path: settings.dataDirectory), clock: clock)
        let keys =
            settings.signingKeys.isEmpty
            ? [try storage.signingKey(hostName: Machine.hostName)] : settings.signingKeys
        let token = try settings.apiToken ?? storage.apiToken()
        let signer = LocalSigner(keys: keys)
        let uploads = UploadService(
            metadata: storage.metadata, objects: storage.objects,
            settings: UploadSettings(
                signer: signer, storeDirectory: settings.storeDirectory, maximumNarSize: settings.maximumNarSize,
                narSinglePut: settings.narSinglePut, requireCompleteClosures: settings.requireCompleteClosures,
                times: times),
            logger: logger)
        let publicKeys = signer.publicKeys.map(\.description)
        try await putServerObjects(
            ServerObjects(metadata: storage.metadata, objects: storage.objects, times: times), publicKeys: publicKeys)
        let configuration = ServerConfiguration(
            address: settings.address, serverURL: settings.serverURL, cacheURL: settings.cacheURL,
            servesReads: settings.servesReads, publicKeys: publicKeys, maximumNarSize: settings.maximumNarSize,
            authenticators: [try StaticTokenAuthenticator(token: token)], limits: limits())
        let application = CacheApplication(
            configuration: configuration,
            services: CacheServices(uploads: uploads, objects: storage.objects, directory: storage.objects),
            logger: logger)
        try await serve(
            application, uploads: uploads, times: times,
            greeting: Greeting(
                settings: settings, tokenPath: settings.apiToken == nil ? storage.tokenPath : settings.apiTokenPath,
                publicKeys: publicKeys),
            logger: logger)
        withExtendedLifetime(storage) {}
    }

    private func putServerObjects(_ objects: ServerObjects, publicKeys: [String]) async throws {
        try await objects.put(
            CacheInfo(storeDirectory: settings.storeDirectory, wantMassQuery: true, priority: settings.priority))
        guard let cacheURL = settings.cacheURL else { return }
        let serverURL = settings.serverURL.map { "\($0.scheme)://\($0.authority)" }
        try await objects.put(LandingPage(cacheURL: cacheURL, serverURL: serverURL, publicKeys: publicKeys))
    }

    private func serve(
        _ application: CacheApplication, uploads: UploadService, times: LifecycleTimes, greeting: Greeting,
        logger: Logger
    ) async throws {
        let systemd = SystemdNotifier(socketPath: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
        let signals = ShutdownSignals(logger: logger) { systemd?.notify("STOPPING=1") }
        let server = application.service { port in
            StandardStream.output.write(greeting.text(port: port))
            systemd?.notify("READY=1")
        }
        let maintenance = MaintenanceService(uploads: uploads, interval: min(.seconds(60), times.busyPeriod))
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: maintenance),
                .init(service: server),
            ], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch  where signals.wasCaught {
            logger.warning("not every request could be finished in time", metadata: ["error": "\(error)"])
        }
        logger.info("stopped")
    }

    private func makeLogger(clock: StoreClock) -> Logger {
        let (level, format) = (settings.logLevel, settings.logFormat)
        LoggingSystem.bootstrap { _ in
            LineLogHandler(
                level: level, format: format, write: { StandardStream.error.write($0) },
                now: { clock.now.description })
        }
        return Logger(label: "niks3-server")
    }

    /// Each connection may have a file open besides its socket; some are left for the database and the rest.
    private func limits() -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.maximumConnections = max(16, min(limits.maximumConnections, (Machine.raiseFileLimit() - 128) / 2))
        return limits
    }
}
