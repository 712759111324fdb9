import CacheCore
import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct AccessTests {
    static let writeRoutes: [(HTTPRequest.Method, String)] = [
        (.post, "/api/pending_closures"), (.post, "/api/pending_closures/1/sign"),
        (.post, "/api/pending_closures/1/complete"), (.post, "/api/pushes"), (.post, "/api/pushes/1/sign"),
        (.post, "/api/pushes/1/complete"), (.post, "/api/objects/present"), (.post, "/api/uploads/complete"),
        (.post, "/api/uploads/skipped"), (.post, "/api/multipart/request-parts"), (.post, "/api/multipart/complete"),
        (.post, "/api/farm/lead/%21"),
        (.get, "/api/pins"), (.post, "/api/pins/a"),
        (.get, "/api/closures/\(String(repeating: "0", count: 32)).narinfo"), (.get, "/api/closures"),
    ]
    static let adminRoutes: [(HTTPRequest.Method, String)] = [
        (.delete, "/api/pending_closures"), (.get, "/api/gc/status"), (.delete, "/api/closures"),
        (.delete, "/api/pins/a"), (.delete, "/api/closures/a.narinfo"),
    ]

    @Test(
        arguments: [
            nil, "", "Bearer", "Bearer ", "Bearer wrong", "bearer \(TestServer.token)", "Bearer \(TestServer.token)x",
            "Bearer  \(TestServer.token)", "Basic \(TestServer.token)", TestServer.token,
        ] as [String?])
    func withoutTheToken(authorization: String?) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                for (method, path) in Self.writeRoutes + Self.adminRoutes {
                    var headers: HTTPFields = [:]
                    headers[.authorization] = authorization
                    let response = try await client.send(method, path, headers: headers)
                    #expect(response.status == .unauthorized, "\(method) \(path)")
                    #expect(response.text == "Unauthorized")
                    #expect(response.headers[.wwwAuthenticate] == "Bearer")
                }
                let head = try await client.send(.head, "/api/objects/nix-cache-info")
                #expect(head.status == .unauthorized)
            }
        }
    }

    @Test func scopesAreKept() async throws {
        let tokens = ["read": Scopes.read, "write": .write, "admin": .admin]
            .map { (String(repeating: "x", count: 36) + $0.key, $0.key, $0.value) }
        let authenticators = try tokens.map { token, name, scopes in
            try StaticTokenAuthenticator(token: token, holder: Principal(name: name, scopes: scopes))
        }
        try await TestServer.run(authenticators: authenticators) { server in
            try await server.routes { client in
                for (token, _, scopes) in tokens {
                    for (routes, scope, name) in [
                        (Self.writeRoutes, Scopes.write, "write"), (Self.adminRoutes, .admin, "admin"),
                    ] {
                        for (method, path) in routes {
                            let response = try await client.send(method, path, token: token)
                            let isAllowed = scopes.isSuperset(of: scope)
                            #expect((response.status == .forbidden) == !isAllowed, "\(method) \(path) \(scopes)")
                            if !isAllowed { #expect(response.text == "Forbidden: token lacks scope \(name)") }
                        }
                    }
                }
            }
        }
    }

    @Test func scopesThatImplyOthers() {
        #expect(Scopes.write.isSuperset(of: .read))
        #expect(Scopes.admin.isSuperset(of: .read))
        #expect(!Scopes.write.isSuperset(of: .admin))
        #expect(!Scopes.admin.isSuperset(of: .write))
        #expect(
            [Scopes.all, .write, .admin, .read, []].map(\.description) == [
                "admin,write,read", "write,read", "admin,read", "read", "",
            ])
    }

    @Test func shortTokensAreRefused() {
        #expect(
            throws: ConfigurationError(
                "the API token has 35 characters; make one of at least 36, for example with: openssl rand -hex 32")
        ) { try StaticTokenAuthenticator(token: String(repeating: "x", count: 35)) }
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/api/unknown", HTTPResponse.Status.notFound), (.head, "/api/unknown", .notFound),
        (.post, "/api/unknown", .methodNotAllowed), (.delete, "/api/unknown", .methodNotAllowed),
        (.put, "/nix-cache-info", .methodNotAllowed), (.get, "/api/pushes", .notFound),
        (.get, "/api/gc/status", .notFound), (.post, "/health", .methodNotAllowed), (.patch, "/", .methodNotAllowed),
    ])
    func unknownRoutes(method: HTTPRequest.Method, path: String, status: HTTPResponse.Status) async throws {
        try await TestServer.run { server in
            let response = try await server.routes { try await $0.send(method, path, token: TestServer.token) }
            #expect(response.status == status)
            #expect(response.headers[.allow] == (status == .methodNotAllowed ? "GET, HEAD" : nil))
        }
    }

    @Test func errorsForPrograms() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let refused = try await client.send(.post, "/api/pushes", headers: [.accept: "application/json"])
                #expect(refused.headers[.contentType] == "application/json")
                #expect(refused.text == #"{"code":"unauthorized","error":"Unauthorized"}"#)
                let unknown = try await client.send(.get, "/x", headers: [.accept: "text/html, application/json;q=0.5"])
                #expect(unknown.text == #"{"code":"not_found","error":"404 page not found"}"#)
            }
        }
    }
}
