public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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

    /// The server, ready to run as a service: it listens until a graceful shutdown and then lets requests finish.
    ///
    /// - Parameter onRunning: called once with the port that is listened on.
    public func application(
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let limits = configuration.limits
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(limits: limits)],
                    idleTimeout: TimeAmount(limits.idle))),
            configuration: ApplicationConfiguration(
                address: .hostname(bindHost, port: configuration.address.port),
                backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.maximumConnections, logger: logger)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? configuration.address.port) },
            logger: logger)
    }

    /// The same for a group of services.
    public func service(onRunning: @escaping @Sendable (_ port: Int) async -> Void) -> any Service {
        ListeningService(application: application(onRunning: onRunning), address: configuration.address)
    }

    /// All interfaces are those of IPv6, which take IPv4 too, unless the system has no IPv6.
    private var bindHost: String {
        guard configuration.address.host.isEmpty else { return configuration.address.host }
        #if canImport(Darwin)
        let descriptor = socket(AF_INET6, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return "0.0.0.0" }
        close(descriptor)
        return "::"
    }

    private func router() -> Router<CacheRequestContext> {
        let router = Router(context: CacheRequestContext.self)
        router.add(middleware: AccessLogMiddleware())
        router.add(middleware: ErrorMiddleware())
        let limits = configuration.limits
        let bodies = JSONBodies(budget: BodyBudget(limit: limits.bufferedBodies))
        let origin = RequestOrigin(configured: configuration.serverURL)
        let uploads = services.uploads
        StatusRoutes(uploads: uploads, configuration: configuration).add(to: router)
        let writing = scoped(.write, on: router)
        UploadRoutes(uploads: uploads, origin: origin, bodies: bodies, limits: limits)
            .add(writing: writing, administering: scoped(.admin, on: router))
        MultipartRoutes(uploads: uploads, origin: origin, bodies: bodies, limits: limits).add(writing: writing)
        ObjectRoutes(uploads: uploads, bodies: bodies, limits: limits).add(writing: writing)
        if let directory = services.directory { StoreRoutes(directory: directory).add(to: router) }
        if configuration.servesReads { ReadProxy(objects: services.objects, limits: limits).add(to: router) }
        return router
    }

    private func scoped(
        _ scope: Scopes, on router: Router<CacheRequestContext>
    ) -> RouterGroup<CacheRequestContext> {
        router.group().add(
            middleware: AuthorizationMiddleware(authenticators: configuration.authenticators, scope: scope))
    }
}
