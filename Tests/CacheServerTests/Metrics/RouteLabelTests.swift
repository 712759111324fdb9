import HTTPTypes
import Testing

@testable import CacheServer

@Suite struct RouteLabelTests {
    @Test(arguments: [
        ("/health", HTTPRequest.Method.get, true, "GET /health"), ("/health", .head, true, "GET /health"),
        ("/", .get, true, "GET /"),
        ("/api/pending_closures/:id/sign", .post, false, "POST /api/pending_closures/{id}/sign"),
        ("/api/closures/:key", .delete, true, "DELETE /api/closures/{key}"),
        ("/api/objects/**", .head, false, "HEAD /api/objects/{key...}"), ("/**", .get, true, "/{path...}"),
        ("/**", .head, true, "/{path...}"), ("/.store/**", .put, true, "PUT /.store/{key...}"),
    ])
    func labels(pattern: String, method: HTTPRequest.Method, hasGet: Bool, text: String) {
        #expect(RouteLabel(pattern: pattern, method: method, hasGet: hasGet).text == text)
    }

    @Test func requests() {
        let requests = RequestMetrics([("/health", .get), ("/health", .head), ("/**", .get)])
        let calls: [(HTTPRequest.Method, String?, Int)] = [
            (.get, "/health", 200), (.get, "/health", 200), (.head, "/health", 503), (.get, "/**", 404),
            (.post, "NotFound", 405), (.get, nil, 400), (HTTPRequest.Method("BREW") ?? .get, "/**", 405),
        ]
        for (method, pattern, status) in calls {
            requests.record(method, pattern: pattern, status: status, duration: .milliseconds(20))
        }
        let exposed = requests.metrics()
        #expect(
            exposed[0].samples.map { "\($0.labels) \(Int($0.value))" } == [
                #"method="GET",route="/{path...}",status="404" 1"#, #"method="GET",route="GET /health",status="200" 2"#,
                #"method="GET",route="unmatched",status="400" 1"#, #"method="HEAD",route="GET /health",status="503" 1"#,
                #"method="POST",route="unmatched",status="405" 1"#, #"method="other",route="unmatched",status="405" 1"#,
            ])
        #expect(
            exposed[1].samples.filter { $0.suffix == "_count" }.map(\.value).reduce(0, +) == Double(calls.count))
    }
}
