public import ProgramKit
public import Hummingbird
public import Logging
public import ServiceLifecycle

/// The whole HTTP side of a cache: its routes, who may use them, and the connections they come over.
public struct CacheApplication: Sendable {
    private let configuration: ServerConfiguration
    private let services: CacheServices
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: what the server is told about itself.
    ///   - services: what the routes work with.
    ///   - logger: for all requests.
    public init(configuration: ServerConfiguration, services: CacheServices, logger: Logger) {
        self.configuration = configuration
        self.services = services
        self.logger = logger
    }

    /// The routes, for tests in process.
    ///
    /// What ``service(on:onRunning:)`` does about connections is not in it.
    public func application() -> some ApplicationProtocol {
        Application(router: router().router, logger: logger)
    }

    /// The server, ready to run as a service: it listens until a graceful shutdown and then lets requests finish.
    ///
    /// - Parameters:
    ///   - sockets: what systemd listens on for us; nil to listen on the configured address.
    ///   - onRunning: called once with the port that is listened on; nil for a socket without one.
    public func service(
        on sockets: ActivatedSockets? = nil, onRunning: @escaping @Sendable (_ port: Int?) async -> Void
    ) -> any Service {
        let (router, requests) = router()
        return ListeningService(
            source: sockets.map { .sockets($0) } ?? .address(configuration.address), limits: configuration.limits,
            tls: configuration.tls, responder: router.buildResponder(), requests: requests,
            metrics: services.metrics.connections, logger: logger, onRunning: onRunning)
    }

    /// - Returns: the routes, and what counts their requests.
    private func router() -> (router: Router<CacheRequestContext>, requests: RequestMetrics) {
        let router = Router(context: CacheRequestContext.self)
        router.add(middleware: ErrorMiddleware())
        let limits = configuration.limits
        let bodies = JSONBodies(budget: BodyBudget(limit: limits.bufferedBodies))
        let origin = RequestOrigin(configured: configuration.serverURL, usesTLS: configuration.tls != nil)
        let uploads = services.uploads
        let routes = GuardedRoutes(
            router: router, authentication: Authentication(authenticators: configuration.authenticators))
        StatusRoutes(uploads: uploads, readiness: services.readiness, configuration: configuration, origin: origin)
            .add(to: routes)
        UploadRoutes(
            uploads: uploads, origin: origin, bodies: bodies, limits: limits, pushLimits: configuration.pushLimits
        ).add(to: routes)
        MultipartRoutes(uploads: uploads, origin: origin, bodies: bodies, limits: limits).add(to: routes)
        ObjectRoutes(uploads: uploads, bodies: bodies, limits: limits, metrics: services.metrics).add(to: routes)
        FarmRoutes(leads: services.farms, bodies: bodies, limits: limits).add(to: routes)
        if let collections = services.collections { CollectionRoutes(collections: collections).add(to: routes) }
        if let pins = services.pins { PinRoutes(pins: pins, bodies: bodies, limits: limits).add(to: routes) }
        if let closures = services.closures { ClosureRoutes(closures: closures).add(to: routes) }
        if let console = services.console {
            AdminRoutes(console: console, services: services, bodies: bodies).add(to: routes)
        }
        if let directory = services.directory { StoreRoutes(directory: directory).add(to: routes) }
        if configuration.servesReads {
            ReadProxy(
                objects: services.objects, narInfos: services.narInfos, limits: limits,
                redirectLifetime: configuration.readRedirectLifetime, pull: services.pull
            ).add(to: routes)
        }
        return (router, measure(router, routes))
    }

    /// Adds the route that tells what was measured.
    private func measure(_ router: Router<CacheRequestContext>, _ routes: GuardedRoutes) -> RequestMetrics {
        let requests = RequestMetrics(
            router.routes.map { (pattern: $0.path.description, method: $0.method) }
                + [(pattern: MetricsRoutes.path, method: .get)])
        let stores = StoreMetrics(uploads: services.uploads, collections: services.collections, logger: logger)
        let metrics = services.metrics
        MetricsRoutes(sources: [metrics.registry, metrics.process, requests, stores]).add(to: routes)
        return requests
    }
}
