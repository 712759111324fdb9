import CacheCore
import Synchronization
import Testing

@testable import CacheClient

/// What is found out about a server, of whatever kind it is.
@Suite struct StatusClientTests {
    /// Asks a server that has some routes, each with a status and a body, and 404 for all others.
    /// - Returns: what came out, and the requests.
    private func status(
        _ routes: [String: (Int, String)]
    ) async throws -> (Result<ServerStatus, ClientError>, [String]) {
        let lines = Mutex<[String]>([])
        return try await FakeServer.run(handler: { request, _ in
            lines.withLock { $0.append(request.line) }
            let (status, text) = routes[request.line] ?? (404, "404 page not found")
            return FakeServer.Response(status, text: request.method == "HEAD" ? "" : text)
        }) { server in
            let client = try APIClient(of: server)
            let result: Result<ServerStatus, ClientError>
            do throws(ClientError) { result = .success(try await client.status()) } catch { result = .failure(error) }
            return (result, lines.withLock { $0 })
        }
    }

    private static let configuration = #"{"substituter_url":"","public_keys":["k:x"],"pushes":true}"#

    @Test("takes the server's word, whether it has the object or not", arguments: [200, 404])
    func takesTheServersWord(object: Int) async throws {
        let (result, _) = try await status([
            "GET /api/cache-config": (200, Self.configuration), "GET /readyz": (200, "OK"),
            "GET /api/cache-stats": (200, #"{"objects":7,"logical_bytes":9}"#),
            "HEAD /api/objects/nix-cache-info": (object, ""),
        ])
        let status = try result.get()
        #expect(status.configuration.publicKeys == ["k:x"])
        #expect(status.problem == nil)
        #expect(status.statistics == CacheStatistics(objects: 7, logicalBytes: 9))
        #expect(status.isAuthorized == true)
    }

    @Test func asksNothingAgain() async throws {
        let (result, requests) = try await status([
            "GET /api/cache-config": (200, Self.configuration), "GET /readyz": (503, "the database does not answer"),
            "GET /api/cache-stats": (503, "busy"), "HEAD /api/objects/nix-cache-info": (401, ""),
        ])
        let status = try result.get()
        #expect(status.problem == "the database does not answer")
        #expect(status.statistics == nil)
        #expect(status.isAuthorized == false)
        #expect(requests.count == 4, "\(requests)")
    }

    @Test("does not say of an older server, which has none of these routes, that it takes the token")
    func olderServer() async throws {
        let status = try await status(["GET /health": (200, "OK")]).0.get()
        #expect(status.problem == nil)
        #expect(status.isAuthorized == nil)
    }

    @Test func doesNotTakeAnythingForAServer() async throws {
        let (result, _) = try await status([:])
        let error = #expect(throws: ClientError.self) { try result.get() }
        #expect(error?.message.contains("does not answer as a niks3 server does; check the address") == true)
    }
}
