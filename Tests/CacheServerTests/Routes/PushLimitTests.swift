import CacheCore
import CurlKit
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import CacheServer

@Suite struct PushLimitTests {
    private static func authenticators() throws -> [any Authenticator] {
        try ["a", "b"].map { name in
            try StaticTokenAuthenticator(
                token: String(repeating: name, count: 40), holder: Principal(name: name, scopes: .write))
        }
    }

    private static func create(
        _ client: any TestClientProtocol, _ token: String, _ path: SamplePath
    ) async throws -> TestResponse {
        let body = String(decoding: try CreateUploadRequestText.text(of: path), as: UTF8.self)
        return try await client.send(
            .post, "/api/pending_closures", body: body, token: String(repeating: token, count: 40))
    }

    @Test func concurrentPushes() async throws {
        let limits = PushLimits(concurrentPushes: 2)
        try await TestServer.run(authenticators: try Self.authenticators(), pushLimits: limits) { server in
            try await server.routes { client in
                var ids: [String] = []
                for name in ["one", "two"] {
                    let answer = try await Self.create(client, "a", SamplePath(name))
                    #expect(answer.status == .ok)
                    ids.append(try CreateUploadResponse.decode(Array(buffer: answer.body)).id)
                }
                let refused = try await Self.create(client, "a", SamplePath("three"))
                #expect(refused.status == .tooManyRequests)
                #expect(
                    refused.text
                        == "this credential has 2 pushes under way, which is as many as it may; complete one, or try again later"
                )
                #expect(refused.headers[.retryAfter] == "10")
                // Another credential has places of its own, and a request that fails takes none.
                for _ in 0..<3 {
                    let broken = try await client.send(
                        .post, "/api/pushes", body: "{}", token: String(repeating: "b", count: 40))
                    #expect(broken.status == .badRequest)
                }
                #expect(try await Self.create(client, "b", SamplePath("three")).status == .ok)
                // What did not work is still under way; nothing has been uploaded.
                let complete = "/api/pending_closures/\(ids[0])/complete"
                #expect(
                    try await client.send(.post, complete, token: String(repeating: "a", count: 40)).status == .conflict
                )
                #expect(try await Self.create(client, "a", SamplePath("three")).status == .tooManyRequests)
            }
        }
    }

    @Test func completedPushesMakeRoom() async throws {
        let limits = PushLimits(concurrentPushes: 1)
        try await TestServer.run(pushLimits: limits) { server in
            try await server.live { port in
                let http = HTTPCalls(port: port, client: .init(), token: TestServer.token)
                for name in ["one", "two", "three"] { try await http.push(SamplePath(name)) }
                await http.client.shutdown()
            }
        }
    }

    @Test func counting() throws {
        let clock = ProviderKeysTests.Clock()
        let counter = PushCounter(limits: PushLimits(concurrentPushes: 2), now: { clock.now })
        let principal = Principal(name: "a", scopes: .write)
        func isFull() -> Bool {
            do throws(APIError) {
                counter.giveBack(try counter.begin(principal))
                return false
            } catch {
                return true
            }
        }
        counter.begun(try counter.begin(principal), id: "1")
        counter.begun(try counter.begin(principal), id: "2")
        #expect(isFull())
        counter.end("3")
        #expect(isFull())
        counter.end("1")
        #expect(!isFull())
        counter.begun(try counter.begin(principal), id: "3")
        #expect(isFull())
        // Given up an hour ago, but for one that somebody still works on.
        clock.advance(by: .seconds(3000))
        counter.touch("2")
        clock.advance(by: .seconds(601))
        #expect(!isFull())
        counter.begun(try counter.begin(principal), id: "4")
        #expect(isFull())
        #expect(try PushCounter(limits: PushLimits()).begin(principal) == nil)
    }

    @Test func objectsOfOnePush() async throws {
        try await TestServer.run(pushLimits: PushLimits(objectsPerPush: 3)) { server in
            try await server.routes { client in
                for (path, status) in [
                    (SamplePath("small"), 200), (SamplePath("large", references: [SamplePath("other")]), 413),
                ] {
                    let body = String(decoding: try CreateUploadRequestText.text(of: path), as: UTF8.self)
                    let answer = try await client.send(
                        .post, "/api/pending_closures", body: body, token: TestServer.token)
                    #expect(answer.status.code == status)
                    guard status == 413 else { continue }
                    #expect(
                        answer.text
                            == "the push lists 6 objects, and one credential may list 3 at once; push fewer paths at a time"
                    )
                }
            }
        }
    }
}
