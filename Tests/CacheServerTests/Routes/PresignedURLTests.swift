import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

/// Presigned URLs that are used for something else than what they were signed for.
@Suite struct PresignedURLTests {
    /// A push with its URLs, and a request to one of them, or to what was made of it.
    private static func run(
        _ body:
            @Sendable (_ urls: [String: String], _ send: @Sendable (HTTPRequest.Method, String) async throws -> Int)
            async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let path = SamplePath("presigned")
                let created = try await TestPush(client).create(
                    CreateUploadRequest(closure: path.narInfoKey, objects: path.closure))
                let urls = try created.pendingObjects.mapValues { object in
                    let url = try #require(object.presignedURL)
                    return String(url[try #require(url.firstRange(of: "/.store/")).lowerBound...])
                }
                try await body(urls) { method, url in
                    // The host is signed too; the token of a writer helps nothing.
                    let headers: HTTPFields = [.authorization: "Bearer \(TestServer.token)"]
                    return try await client.send(method, url, headers: headers, body: "x").status.code
                }
            }
        }
    }

    @Test func otherMethodsAndKeys() async throws {
        try await Self.run { urls, send in
            let listing = try #require(urls.first { $0.key.hasSuffix(".ls") }?.value)
            let nar = try #require(urls.first { $0.key.hasPrefix("nar/") }?.value)
            for method in [HTTPRequest.Method.get, .head, .post, .delete] {
                #expect(try await send(method, nar) == 405, "\(method)")
            }
            let query = try #require(nar.firstIndex(of: "?"))
            let other = String(try #require(listing.split(separator: "?").first)) + nar[query...]
            #expect(try await send(.put, other) == 403)
            for key in ["nix-cache-info", "index.html", "pins/a", "..%2fapi-token", "%2e%2e/api-token"] {
                #expect([400, 403, 404].contains(try await send(.put, "/.store/\(key)" + nar[query...])), "\(key)")
            }
            // Nothing of it was stored.
            #expect(try await send(.put, nar) == 200)
        }
    }

    @Test func changedQueries() async throws {
        try await Self.run { urls, send in
            let url = try #require(urls.first { $0.key.hasPrefix("nar/") }?.value)
            let signature = try #require(url.firstMatch(of: /X-Amz-Signature=([0-9a-f]+)/)).output.1
            let date = try #require(url.firstMatch(of: /X-Amz-Date=([0-9TZ]+)/)).output.1
            for changed in [
                url.replacing("X-Amz-Expires=18000", with: "X-Amz-Expires=604800"),
                url.replacing(date, with: "20990101T000000Z"),
                url.replacing(signature, with: String(signature.reversed())),
                url.replacing(signature, with: ""), url.replacing("&X-Amz-Signature=\(signature)", with: ""),
                url.replacing("X-Amz-Algorithm=AWS4-HMAC-SHA256", with: "X-Amz-Algorithm=none"),
                url + "&X-Amz-Expires=604800", url + "&partNumber=1&uploadId=x", url + "&x=y",
                String(url.split(separator: "?")[0]),
                url.replacing("X-Amz-SignedHeaders=host", with: "X-Amz-SignedHeaders="),
                url.replacing("X-Amz-Credential=", with: "X-Amz-Credential=x"),
            ] {
                #expect(changed != url)
                #expect([400, 403].contains(try await send(.put, changed)), "\(changed)")
            }
            #expect(try await send(.put, url) == 200)
        }
    }
}
