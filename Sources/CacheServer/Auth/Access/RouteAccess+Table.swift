import CacheStorage
import HTTPTypes

extension RouteAccess {
    /// Every route that there is. What is not in this table cannot be added to the router.
    public static let table: [RouteAccess] = open + reading + writing + administering + pages + signed

    private static let open: [RouteAccess] =
        [
            "/health", "/healthz", "/readyz", "/api/cache-config", "/api/cache-stats", "/",
        ]
        .flatMap { [RouteAccess(.get, $0, .nothing), RouteAccess(.head, $0, .nothing)] }
        + [RouteAccess(.get, MetricsRoutes.path, .nothing)]

    private static let reading: [RouteAccess] = [
        RouteAccess(.get, "/**", .readingIfGated), RouteAccess(.head, "/**", .readingIfGated),
    ]

    private static let writing: [RouteAccess] = [
        RouteAccess(.post, "/api/pending_closures", .scope(.write)),
        RouteAccess(.post, "/api/pending_closures/:id/sign", .scope(.write)),
        RouteAccess(.post, "/api/pending_closures/:id/complete", .scope(.write)),
        RouteAccess(.post, "/api/pushes", .scope(.write)),
        RouteAccess(.post, "/api/pushes/:id/sign", .scope(.write)),
        RouteAccess(.post, "/api/pushes/:id/complete", .scope(.write)),
        RouteAccess(.post, "/api/multipart/request-parts", .scope(.write)),
        RouteAccess(.post, "/api/multipart/complete", .scope(.write)),
        RouteAccess(.post, "/api/objects/present", .scope(.write)),
        RouteAccess(.post, "/api/objects/uploaded", .scope(.write)),
        RouteAccess(.head, "/api/objects/**", .scope(.write)),
        RouteAccess(.post, "/api/uploads/complete", .scope(.write)),
        RouteAccess(.post, "/api/uploads/skipped", .scope(.write)),
        RouteAccess(.get, "/api/closures", .scope(.write)),
        RouteAccess(.get, "/api/closures/:key", .scope(.write)),
        RouteAccess(.get, "/api/pins", .scope(.write)),
        RouteAccess(.post, "/api/pins/:name", .scope(.write)),
        RouteAccess(.post, "/api/farm/lead", .scope(.write)),
        RouteAccess(.post, "/api/farm/lead/:farm", .scope(.write)),
    ]

    private static let administering: [RouteAccess] = [
        RouteAccess(.delete, "/api/closures", .scope(.admin)),
        RouteAccess(.delete, "/api/closures/:key", .scope(.admin)),
        RouteAccess(.get, "/api/gc/status", .scope(.admin)),
        RouteAccess(.delete, "/api/pending_closures", .scope(.admin)),
        RouteAccess(.delete, "/api/pins/:name", .scope(.admin)),
    ]

    private static let pages: [RouteAccess] =
        AdminPage.Section.allCases.map { RouteAccess(.get, $0.path, .page(.admin)) }
        + [
            RouteAccess(.get, "/admin/why", .page(.admin)),
            RouteAccess(.post, "/admin/collections", .page(.admin)),
            RouteAccess(.post, "/admin/pins", .page(.admin)),
            RouteAccess(.post, "/admin/pins/delete", .page(.admin)),
            RouteAccess(.post, "/admin/closures/delete", .page(.admin)),
        ]

    private static let signed: [RouteAccess] = [.put, .get, .head, .post, .delete].map {
        RouteAccess($0, DirectoryStore.pathPrefix + "**", .signature)
    }
}
