import CacheCore
import HTTPTypes
import Hummingbird

/// The pages for whoever runs the cache, and what their forms send.
///
/// Browsers repeat the credentials of basic authentication whoever has them send a request: changes therefore need an
/// `Origin` of this server.
struct AdminRoutes: Sendable {
    let console: ConsoleService
    let services: CacheServices
    let bodies: JSONBodies

    func add(to routes: GuardedRoutes) {
        routes.get("/admin", use: overview)
        routes.get("/admin/pushes", use: pushes)
        routes.get("/admin/checks", use: checks)
        routes.get("/admin/why", use: why)
        if let collections = services.collections {
            routes.get("/admin/collections") { request, _ in try await plan(request, of: collections) }
            change("/admin/collections", on: routes, returning: .collections) { fields throws(CacheError) in
                try await begin(fields, in: collections)
            }
        }
        if let pins = services.pins {
            routes.get("/admin/pins") { request, _ in try await list(pins, request) }
            change("/admin/pins", on: routes, returning: .pins) { fields throws(CacheError) in
                try await set(fields, in: pins)
            }
            change("/admin/pins/delete", on: routes, returning: .pins) { fields throws(CacheError) in
                try await pins.remove(fields["name"])
                return "unpinned"
            }
        }
        if let closures = services.closures {
            routes.get("/admin/closures") { request, _ in try await list(closures, request) }
            change("/admin/closures/delete", on: routes, returning: .closures) { fields throws(CacheError) in
                try await closures.remove(fields["key"])
                return "removed"
            }
        }
    }

    // MARK: - Pages

    @Sendable private func overview(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let span = parameter("span", of: request).flatMap(OverviewPage.Span.init(rawValue:)) ?? .days
        let page = OverviewPage(
            now: try await console.store.instant(), counts: try await console.store.statistics(), span: span,
            samples: try await console.store.samples(span.resolution),
            uploads: try await console.store.uploads(limit: PushesPage.limit),
            collection: try await services.collections?.status(), check: try await console.store.checks().first)
        return answer(.overview, page.html)
    }

    @Sendable private func pushes(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let page = PushesPage(
            now: try await console.store.instant(), uploads: try await console.store.uploads(limit: PushesPage.limit))
        return answer(.pushes, page.html)
    }

    @Sendable private func checks(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let page = ChecksPage(now: try await console.store.instant(), reports: try await console.store.checks())
        return answer(.checks, page.html)
    }

    @Sendable private func why(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = parameter("key", of: request) ?? ""
        let title = "Why is it here?"
        var chain: RetentionChain?
        do throws(CacheError) {
            if !key.isEmpty { chain = try await console.why(key) }
        } catch {
            guard error.code != .internal else { throw error }
            return failure(error, .closures, title: title, ReasonPage(key: key, chain: nil).html)
        }
        return answer(.closures, title: title, ReasonPage(key: key, chain: chain).html)
    }

    private func plan(_ request: Request, of collections: CollectionService) async throws -> Response {
        let parameters = GCParameters(
            olderThan: parameter("older-than", of: request) ?? "720h",
            failedUploadsOlderThan: parameter("failed-uploads-older-than", of: request)
                ?? GCParameters.defaultFailedUploadsOlderThan)
        var page = CollectionsPage(
            now: try await console.store.instant(), current: try await collections.status(),
            finished: try await console.store.finishedCollections(), parameters: parameters)
        do throws(CacheError) {
            if parameter("plan", of: request) != nil { page.plan = try await collections.plan(parameters) }
        } catch {
            guard error.code != .internal else { throw error }
            return failure(error, .collections, page.html)
        }
        return answer(.collections, notice: Notice(done: parameter("done", of: request)), page.html)
    }

    private func list(_ pins: PinService, _ request: Request) async throws -> Response {
        let page = PinsPage(now: try await console.store.instant(), pins: try await pins.all())
        return answer(.pins, notice: Notice(done: parameter("done", of: request)), page.html)
    }

    private func list(_ closures: ClosureService, _ request: Request) async throws -> Response {
        let (search, after) = (parameter("search", of: request) ?? "", parameter("after", of: request) ?? "")
        let found = try await closures.list(limit: ClosuresPage.limit, after: after, search: search)
        let next = found.next.map { next in
            "search=\(QueryValue(search))&after=\(QueryValue(next))"
        }
        let page = ClosuresPage(
            now: try await console.store.instant(), search: search, closures: found, next: next)
        return answer(.closures, notice: Notice(done: parameter("done", of: request)), page.html)
    }

    // MARK: - Changes

    private func begin(_ fields: FormFields, in collections: CollectionService) async throws(CacheError) -> String {
        let parameters = GCParameters(
            olderThan: fields["older-than"], failedUploadsOlderThan: fields["failed-uploads-older-than"])
        if case .running(let status) = try await collections.begin(parameters), status.params != parameters {
            throw CacheError(.conflict, "A collection with other parameters is running; wait until it has ended.")
        }
        return "collecting"
    }

    private func set(_ fields: FormFields, in pins: PinService) async throws(CacheError) -> String {
        var end: Timestamp?
        if !fields["days"].isEmpty {
            guard let days = Int64(fields["days"]), (1...36_500).contains(days) else {
                throw CacheError(.invalidRequest, "A pin lasts from 1 to 36,500 days, or for ever.")
            }
            end = try await console.store.instant() + .seconds(days * 86_400)
        }
        guard let keep = Int(fields["keep"].isEmpty ? "1" : fields["keep"]) else {
            throw CacheError(.invalidRequest, "How many closures a pin keeps is a number.")
        }
        try await pins.set(fields["name"], storePath: fields["store-path"], expiresAt: end, keep: keep)
        return "pinned"
    }

    /// Adds a route for a form: it makes the change and leads back to a page that says so, or says why not.
    private func change(
        _ path: String, on routes: GuardedRoutes, returning section: AdminPage.Section,
        _ make: @escaping @Sendable (FormFields) async throws(CacheError) -> String
    ) {
        routes.post(path) { request, context in
            try RequestOriginCheck.check(request.head)
            var bytes: [UInt8] = []
            let share = try await bodies.read(request, context: context, limit: FormFields.limit) { bytes += $0 }
            let fields = withExtendedLifetime(share) { FormFields(bytes) }
            do throws(CacheError) {
                let done = try await make(fields)
                return Response(
                    status: .seeOther, headers: [.location: "\(section.path)?done=\(done)", .cacheControl: "no-store"])
            } catch {
                guard error.code != .internal else { throw error }
                return failure(
                    error, section, "<p><a href=\"\(section.path)\">Back to \(section.title.lowercased())</a></p>")
            }
        }
    }

    // MARK: - Answers

    private func answer(
        _ section: AdminPage.Section, title: String? = nil, notice: Notice? = nil, _ body: HTML
    ) -> Response {
        page(AdminPage(section: section, title: title, notice: notice, body: body), status: .ok)
    }

    private func failure(
        _ error: CacheError, _ section: AdminPage.Section, title: String? = nil, _ body: HTML
    ) -> Response {
        page(
            AdminPage(section: section, title: title, notice: Notice(failure: error.message), body: body),
            status: APIError(error).status)
    }

    private func page(_ page: AdminPage, status: HTTPResponse.Status) -> Response {
        var response = Response.page(page.html, policy: AdminPage.policy, status: status)
        // It is for one person, and always of now.
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func parameter(_ name: String, of request: Request) -> String? {
        RequestTarget(request.head.path)?.parameter(name)
    }
}
