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
        Application(router: router(), logger: logger)
    }

    /// The server, ready to run as a service: it listens until a graceful shutdown and then lets requests finish.
    ///
    /// - Parameters:
    ///   - sockets: what systemd listens on for us; nil to listen on the configured address.
    ///   - onRunning: called once with the port that is listened on; nil for a socket without one.
    public func service(
        on sockets: ActivatedSockets? = nil, onRunning: @escaping @Sendable (_ port: Int?) async -> Void
    ) -> any Service {
        ListeningService(
            source: sockets.map { .sockets($0) } ?? .address(configuration.address), limits: configuration.limits,
            responder: router().buildResponder(), logger: logger, onRunning: onRunning)
    }

    private func router() -> Router<CacheRequestContext> {
        let router = Router(context: CacheRequestContext.self)
        router.add(middleware: AccessLogMiddleware())
        router.add(middleware: ErrorMiddleware())
        let limits = configuration.limits
        let bodies = JSONBodies(budget: BodyBudget(limit: limits.bufferedBodies))
        let origin = RequestOrigin(configured: configuration.serverURL)
        let uploads = services.uploads
        StatusRoutes(uploads: uploads, readiness: services.readiness, configuration: configuration).add(to: router)
        let writing = scoped(.write, on: router)
        UploadRoutes(uploads: uploads, origin: origin, bodies: bodies, limits: limits)
            .add(writing: writing, administering: scoped(.admin, on: router))
        MultipartRoutes(uploads: uploads, origin: origin, bodies: bodies, limits: limits).add(writing: writing)
        ObjectRoutes(uploads: uploads, bodies: bodies, limits: limits).add(writing: writing)
        FarmRoutes(leads: services.farms, bodies: bodies, limits: limits).add(writing: writing)
        if let collections = services.collections {
            CollectionRoutes(collections: collections).add(administering: scoped(.admin, on: router))
        }
        if let pins = services.pins {
            PinRoutes(pins: pins, bodies: bodies, limits: limits)
                .add(writing: writing, administering: scoped(.admin, on: router))
        }
        if let closures = services.closures {
            ClosureRoutes(closures: closures).add(reading: writing, administering: scoped(.admin, on: router))
        }
        if let directory = services.directory { StoreRoutes(directory: directory).add(to: router) }
        if configuration.servesReads {
            ReadProxy(
                objects: services.objects, narInfos: services.narInfos, limits: limits,
                redirectLifetime: configuration.readRedirectLifetime
            ).add(to: router)
        }
        return router
    }

    private func scoped(
        _ scope: Scopes, on router: Router<CacheRequestContext>
    ) -> RouterGroup<CacheRequestContext> {
        router.group().add(
            middleware: AuthorizationMiddleware(authenticators: configuration.authenticators, scope: scope))
    }
}
