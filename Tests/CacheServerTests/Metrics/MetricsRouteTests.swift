import CurlKit
import TestServices
import Testing

@testable import CacheServer

@Suite(.timeLimit(.minutes(5))) struct MetricsRouteTests {
    private func withClient<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = HTTPClient(configuration: configuration)
        do {
            let result = try await body(http)
            await http.shutdown()
            return result
        } catch {
            await http.shutdown()
            throw error
        }
    }

    @Test func requestsAreCounted() async throws {
        try await TestServer.run { server in
            try await server.put("some text", at: "nix-cache-info")
            try await server.live { port in
                try await withClient { client in
                    let http = HTTPCalls(port: port, client: client)
                    for path in ["/nix-cache-info", "/nix-cache-info", "/nothing", "/api/closures"] {
                        _ = try await http.get(path)
                    }
                    let answer = try await http.get("/metrics")
                    #expect(answer.status == 200)
                    #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
                    let lines = Set(answer.text.split(separator: "\n").map(String.init))
                    let expected = [
                        #"niks3_http_requests_total{method="GET",route="/{path...}",status="200"} 2"#,
                        #"niks3_http_requests_total{method="GET",route="/{path...}",status="404"} 1"#,
                        #"niks3_http_requests_total{method="GET",route="GET /api/closures",status="401"} 1"#,
                        #"niks3_http_request_duration_seconds_bucket{method="GET",route="/{path...}",le="+Inf"} 3"#,
                        "niks3_http_requests_in_flight 1", "niks3_http_connections 1", "niks3_cache_objects 0",
                        "niks3_pending_closures 0", #"niks3_gc_runs_total{result="failed"} 0"#,
                        // The text twice, and two errors.
                        "niks3_http_sent_bytes_total \(2 * 9 + "404 page not found".count + "Unauthorized".count)",
                        "niks3_http_received_bytes_total 0",
                    ]
                    for line in expected { #expect(lines.contains(line), "\(line) is not in\n\(answer.text)") }
                    #expect(!answer.text.contains("niks3_gc_last_run_timestamp_seconds"))
                    #expect(try await Promtool.complaints(["check", "metrics"], input: answer.text) == "")
                }
            }
        }
    }

    /// All metrics that are known, of a server that has done everything once.
    @Test func everythingIsExported() async throws {
        try await SharedServices.run { services in
            // With another cache, which nobody asks.
            let arguments = [
                "--enable-read-proxy", "--pull-through-upstream", "http://127.0.0.1:1", "--trusted-key",
                "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            ]
            _ = try await ServerProcess.run(services.arguments + arguments) { server in
                let http = HTTPCalls(port: try await server.port(), client: services.http)
                try await http.push(SamplePath("measured"))
                let authorization = [("Authorization", "Bearer \(SharedServerTests.token)")]
                #expect(try await http.delete("/api/closures?older-than=1h", authorization).status == 202)
                let text = try await eventually("the end of the collection") {
                    let text = try await http.get("/metrics").text
                    // The server itself counts it a moment after the database knows.
                    let isOver =
                        text.contains("\nniks3_gc_last_run_timestamp_seconds ")
                        && text.contains(#"niks3_gc_runs_total{result="succeeded"} 1"#)
                    return isOver ? text : nil
                }
                let names = Set(
                    text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
                for name in MetricDescription.known.keys where name != "niks3_s3_rate_limit" {
                    #expect(names.contains(Substring(name)), "\(name) is not exported")
                }
                for line in [
                    #"niks3_pushes_total{result="completed"} 1"#, #"niks3_push_objects_total{state="new"} 3"#,
                    #"niks3_s3_requests_total{operation="PutObject",status="200"}"#,
                    #"niks3_db_transaction_duration_seconds_count{operation="claimChunk"} 1"#,
                    #"niks3_gc_runs_total{result="succeeded"} 1"#, "niks3_db_connections_max 10",
                ] {
                    #expect(text.contains("\n\(line)"), "\(line) is not in\n\(text)")
                }
                #expect(try await Promtool.complaints(["check", "metrics"], input: text) == "")
            }
        }
    }
}
