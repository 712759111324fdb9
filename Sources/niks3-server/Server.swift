import ProgramKit
import CacheCore
import CacheServer
import CacheStorage
import CoreMetrics
import Logging
import NarKit
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server, from its start to the last signal.
struct Server {
    let settings: ServerSettings
    let environment: [String: String]

    /// Runs until a signal ends it.
    ///
    /// - Throws: what keeps it from starting.
    func run() async throws {
        Machine.keepFilesPrivate()
        let clock = StoreClock()
        let logger = makeLogger(clock: clock)
        let sockets = try activatedSockets()
        let limits = limits()
        let metrics = ServerMetrics()
        // What libraries record goes to the same place.
        MetricsSystem.bootstrap(metrics.registry)
        let storage = try await ServerStorage(
            settings: settings, environment: environment, clock: clock, limits: limits, metrics: metrics)
        do {
            try await serve(storage, on: sockets, limits: limits, metrics: metrics, logger: logger)
        } catch {
            await storage.close()
            throw error
        }
        await storage.close()
        logger.info("stopped")
    }

    private func activatedSockets() throws(ConfigurationError) -> ActivatedSockets? {
        do throws(UsageError) {
            return try ActivatedSockets(environment: environment, processID: getpid())
        } catch {
            throw ConfigurationError(error.message)
        }
    }

    private func serve(
        _ storage: ServerStorage, on sockets: ActivatedSockets?, limits: ConnectionLimits, metrics: ServerMetrics,
        logger: Logger
    ) async throws {
        let times = settings.times ?? .standard
        let signing = try ServerSigner(keys: storage.signingKeys, program: settings.signProgram, logger: logger)
        let publicKeys = signing.signer.publicKeys.map(\.description)
        warn(about: storage, logger: logger)
        let narInfos = NarInfoCache(limits: NarInfoCacheLimits(bytes: settings.reading.cacheSize))
        // What this server changes, its readers see at once.
        let changing = narInfos.following(storage.objects)
        let uploads = UploadService(
            metadata: storage.metadata, objects: changing,
            settings: UploadSettings(
                signer: signing.signer, storeDirectory: settings.storeDirectory,
                maximumNarSize: settings.maximumNarSize,
                narSinglePut: settings.narSinglePut, requireCompleteClosures: settings.requireCompleteClosures,
                times: times),
            clocks: storage.clocks, onEvent: { metrics.note($0) }, logger: logger)
        let pins = PinService(
            metadata: storage.metadata, objects: changing, storeDirectory: settings.storeDirectory, times: times,
            logger: logger)
        let collections = CollectionService(
            metadata: storage.metadata, uploads: uploads, pins: pins, settings: CollectionSettings(times: times),
            onEnd: { metrics.note($0) }, logger: logger)
        let tls = try settings.tls.map { files throws(ConfigurationError) in
            try TLSIdentity(files: files, logger: logger)
        }
        let access = try ServerAccess(settings.access, apiToken: storage.apiToken, tls: tls, logger: logger)
        let configuration = ServerConfiguration(
            address: settings.address, serverURL: settings.serverURL, cacheURL: settings.cacheURL,
            servesReads: settings.servesReads, readRedirectLifetime: settings.reading.redirectLifetime,
            publicKeys: publicKeys, maximumNarSize: settings.maximumNarSize, authenticators: access.authenticators,
            audiences: access.audiences, tls: tls, pushLimits: settings.pushLimits, limits: limits)
        let pull = try settings.pullThrough.map { pullThrough in
            PullThrough(
                try pullThrough.configuration(own: signing.signer.publicKeys, storeDirectory: settings.storeDirectory),
                uploads: uploads, logger: logger)
        }
        let services = CacheServices(
            uploads: uploads, collections: collections, pins: pins,
            closures: ClosureService(
                metadata: storage.metadata, objects: storage.objects, storeDirectory: settings.storeDirectory,
                logger: logger),
            objects: storage.readObjects, narInfos: narInfos, pull: pull,
            directory: storage.directory,
            readiness: Readiness(metadata: storage.metadata, objects: storage.objects, clocks: storage.clocks),
            farms: FarmLeads(metadata: storage.metadata, logger: logger),
            console: ConsoleService(store: storage.metadata), metrics: metrics)
        let objects = ServerObjects(metadata: storage.metadata, objects: storage.objects, times: times)
        let clocks = ClockService(clocks: storage.clocks, logger: logger) {
            try await put(objects, publicKeys: publicKeys)
        }
        try await clocks.begin()
        let greeting = Greeting(settings: settings, tokenPath: storage.tokenPath, publicKeys: publicKeys)
        let systemd = SystemdNotifier(socketPath: environment["NOTIFY_SOCKET"])
        let server = CacheApplication(configuration: configuration, services: services, logger: logger)
            .service(on: sockets) { port in
                StandardStream.output.write(greeting.text(port: port))
                systemd?.notify("READY=1")
            }
        let maintenance = MaintenanceService(uploads: uploads, interval: min(.seconds(60), times.busyPeriod))
        let watchdog = WatchdogService(
            systemd: systemd, microseconds: environment["WATCHDOG_USEC"], processID: environment["WATCHDOG_PID"],
            ownProcessID: getpid(), metadata: storage.metadata, logger: logger)
        let schedule = settings.schedule.map { schedule in
            ScheduledCollectionService(
                collections: collections, parameters: schedule.parameters, interval: schedule.interval, logger: logger)
        }
        var others: [any Service] = [
            clocks, maintenance, CollectingService(collections: collections),
            SamplingService(store: storage.metadata, logger: logger),
        ]
        others += access.services
        if let program = signing.program { others.append(program) }
        if let schedule { others.append(schedule) }
        if let watchdog { others.append(watchdog) }
        do {
            try await run(others + [server], systemd: systemd, logger: logger)
        } catch {
            await pull?.close()
            throw error
        }
        await pull?.close()
    }

    /// Runs services until a signal comes; the last one stops first.
    private func run(_ services: [any Service], systemd: SystemdNotifier?, logger: Logger) async throws {
        let signals = ShutdownSignals(logger: logger) { systemd?.notify("STOPPING=1") }
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: signals, successTerminationBehavior: .gracefullyShutdownGroup)]
                + services.map { .init(service: $0) }, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch  where signals.wasCaught {
            logger.warning("a service failed while it was stopped", metadata: ["error": "\(error)"])
        }
    }

    private func put(_ objects: ServerObjects, publicKeys: [String]) async throws {
        try await objects.put(
            CacheInfo(storeDirectory: settings.storeDirectory, wantMassQuery: true, priority: settings.priority))
        guard let cacheURL = settings.cacheURL else { return }
        let serverURL = settings.serverURL.map { "\($0.scheme)://\($0.authority)" }
        try await objects.put(LandingPage(cacheURL: cacheURL, serverURL: serverURL, publicKeys: publicKeys))
    }

    private func warn(about storage: ServerStorage, logger: Logger) {
        if settings.times != nil {
            logger.warning("\(LifecycleTimes.environmentVariable) is set: uploads are not safe with such times")
        }
        if storage.signingKeys.isEmpty, settings.signProgram == nil {
            logger.warning(
                """
                nothing is signed here: Nix takes only what clients have signed themselves; make a key with \
                'niks3-server keys generate NAME-1 --sign-key-path FILE' and give --sign-key-path FILE
                """)
        }
        for warning in storage.warnings + settings.access.warnings { logger.warning("\(warning)") }
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

    /// Each connection may have a file, or a connection to the bucket, open besides its socket; some are left for the
    /// database and the rest.
    private func limits() -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.maximumConnections = max(16, min(limits.maximumConnections, (Machine.raiseFileLimit() - 256) / 2))
        return limits
    }
}
