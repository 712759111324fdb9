import CacheCore
import CacheServer
import NIOCore
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct StatusRouteTests {
    @Test(arguments: ["/health", "/healthz", "/readyz"])
    func well(path: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let get = try await client.send(.get, path)
                #expect(get.status == .ok)
                #expect(get.text == "OK")
                let head = try await client.send(.head, path)
                #expect(head.status == .ok)
                #expect(head.headers[.contentLength] == "2")
                #expect(head.text == "")
            }
        }
    }

    @Test func cacheConfigurationIgnoresCredentials() async throws {
        try await TestServer.run { server in
            let expected = #"{"public_keys":["\#(server.publicKey)"],"pushes":true,"substituter_url":""}"#
            try await server.routes { client in
                for token in [nil, "wrong", TestServer.token] {
                    let response = try await client.send(.get, "/api/cache-config?issuer=https://x", token: token)
                    #expect(response.status == .ok)
                    #expect(response.headers[.contentType] == "application/json")
                    #expect(response.text == expected)
                }
            }
        }
    }

    @Test func cacheConfigurationNamesWhatIsConfigured() async throws {
        try await TestServer.run(
            cacheURL: "https://cache.example.org", settings: { $0.maximumNarSize = 1000 }
        ) { server in
            let response = try await server.routes { try await $0.send(.get, "/api/cache-config") }
            #expect(
                response.text
                    == #"{"max_nar_size":1000,"public_keys":["\#(server.publicKey)"],"pushes":true,"#
                    + #""substituter_url":"https://cache.example.org"}"#)
        }
    }

    @Test(arguments: [
        ("?issuer=https%3A%2F%2Fi.example", "a"), ("?issuer=https://i.example", "a"),
        ("?issuer=https://i.example/", nil),
        ("?issuer=https://other.example", nil), ("?issuer=", nil), ("?issuer", nil), ("", nil),
    ])
    func audiences(query: String, audience: String?) async throws {
        try await TestServer.run(audiences: ["https://i.example": "a"]) { server in
            let answer = try await server.routes { try await $0.send(.get, "/api/cache-config" + query) }
            #expect(try CacheConfiguration.decode(Array(buffer: answer.body)).oidcAudience == audience)
            #expect(answer.text.contains("oidc_audience") == (audience != nil))
        }
    }

    @Test func statisticsAreForEveryPage() async throws {
        try await TestServer.run { server in
            let response = try await server.routes { try await $0.send(.get, "/api/cache-stats") }
            #expect(response.status == .ok)
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.text == #"{"logical_bytes":0,"objects":0}"#)
        }
    }

    @Test(arguments: [
        (nil, true, HTTPResponse.Status.ok, nil), ("https://c.example", true, .movedPermanently, "/index.html"),
        ("https://c.example", false, .movedPermanently, "https://c.example"),
    ])
    func root(cacheURL: String?, servesReads: Bool, status: HTTPResponse.Status, location: String?) async throws {
        try await TestServer.run(cacheURL: cacheURL, servesReads: servesReads) { server in
            let response = try await server.routes { try await $0.send(.get, "/") }
            #expect(response.status == status)
            #expect(response.headers[.location] == location)
        }
    }
}
