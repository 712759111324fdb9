import CacheCore
import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct AccessTests {
    @Test(
        arguments: [
            nil, "", "Bearer", "Bearer ", "Bearer wrong", "bearer \(TestServer.token)", "Bearer \(TestServer.token)x",
            "Bearer  \(TestServer.token)", "Basic \(TestServer.token)", TestServer.token,
        ] as [String?])
    func withoutTheToken(authorization: String?) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                for access in RouteAccess.table where access.isScoped && access.method != .head {
                    var headers: HTTPFields = [:]
                    headers[.authorization] = authorization
                    let response = try await client.send(access.method, access.path, headers: headers)
                    #expect(response.status == .unauthorized, "\(access)")
                    #expect(response.text == "Unauthorized")
                    #expect(response.headers[.wwwAuthenticate] == "Bearer")
                }
                let head = try await client.send(.head, "/api/objects/nix-cache-info")
                #expect(head.status == .unauthorized)
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

extension RouteAccess {
    fileprivate var isScoped: Bool { if case .scope = requirement { true } else { false } }
}
