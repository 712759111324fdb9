import CurlKit
import Synchronization
import Testing

@testable import CacheClient

/// Which trace the requests of a client belong to.
@Suite struct TracingTests {
    @Test func allRequestsOfAClientAreOneTrace() async throws {
        let fields = Mutex<[TraceContext?]>([])
        let trace = TraceContext()
        let task = TraceContext()
        try await FakeServer.run(handler: { request, _ in
            fields.withLock { $0.append(request.headers["traceparent"].flatMap { TraceContext($0) }) }
            return FakeServer.Response(200, text: #"{"present":[]}"#)
        }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let client = APIClient(
                server: try ServerURL(server.url), tokens: try FixedToken("secret", description: "the test"),
                http: HTTPClient(configuration: configuration), trace: trace)
            _ = try await client.present([])
            _ = try await client.present([])
            try await TraceContext.$current.withValue(task) { _ = try await client.present([]) }
        }
        let sent = fields.withLock { $0 }
        #expect(sent.map { $0?.traceID } == [trace.traceID, trace.traceID, task.traceID])
        #expect(Set(sent + [trace, task]).count == 5, "each request is a span of its own")
    }

    @Test func storageIsNotToldOfTraces() async throws {
        let field = Mutex<String?>("none came")
        try await FakeServer.run(handler: { request, _ in
            field.withLock { $0 = request.headers["traceparent"] }
            return FakeServer.Response(200)
        }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let client = APIClient(
                server: try ServerURL(server.url), tokens: NoToken(), http: HTTPClient(configuration: configuration))
            _ = try await client.put([1], to: server.url + "/k?X-Amz-Signature=1", key: "k", as: .nar)
        }
        #expect(field.withLock { $0 } == nil)
    }

    @Test func failuresNameTheRequest() async throws {
        try await FakeServer.run(handler: { _, _ in
            FakeServer.Response(500, headers: [("X-Request-Id", "17")], text: "internal error")
        }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let client = APIClient(
                server: try ServerURL(server.url), tokens: NoToken(), http: HTTPClient(configuration: configuration),
                policy: .never)
            let error = await #expect(throws: ClientError.self) { _ = try await client.present([]) }
            #expect(
                error?.message
                    == "\(server.url) failed at /api/objects/present (500): internal error; its log has more under "
                    + "request=17: try again later.")
        }
    }
}
