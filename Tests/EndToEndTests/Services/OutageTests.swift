import CurlKit
import Foundation
import TestServices
import Testing

/// Services that go away for a while: their tests wait beside the others, and need little of a processor.
@Suite
struct Outages {
    /// Runs a push, and `outage` once its first part has arrived and while the others are on their way.
    private func push(
        _ path: String, of nix: NixSandbox, to server: RunningServer, through proxy: FaultProxy,
        during outage: @escaping @Sendable () async throws -> Void
    ) async throws {
        proxy.setRules(FaultRule(.delay(.seconds(2)), to: .after(1), on: .uploadPart))
        let pushed = try await nix.push([path], to: server).run { _ in
            _ = try await eventually("the first part", within: .seconds(60)) {
                proxy.exchanges.contains { $0.request.operation == .uploadPart && $0.status == 200 } ? true : nil
            }
            try await outage()
            proxy.setRules()
        }
        #expect(pushed.status == 0, "\(pushed.transcript)")
        try await nix.expectWhole(path, in: server)
    }

    @Test("the gateway is away for 10 s in the middle of a push")
    func gateway() async throws {
        let s3 = S3Service()
        let nix = try NixSandbox()
        let path = try await nix.buildIncompressible()
        try await ServiceStorage.runBehindProxy(for: nix, s3: s3) { server, proxy in
            try await push(path, of: nix, to: server, through: proxy) {
                try await s3.pause()
                try await Task.sleep(for: .seconds(1))
                let ready = try await Web.send("GET", server.url + "/readyz")
                #expect(ready.status == 503)
                try await Task.sleep(for: .seconds(9))
                try await s3.resume()
            }
        }
        try await s3.stop()
    }

    @Test("PostgreSQL crashes in the middle of a push and comes back")
    func database() async throws {
        let postgres = PostgresService()
        let nix = try NixSandbox()
        let path = try await nix.buildIncompressible()
        let storage = try await ServiceStorage(for: nix, postgres: postgres)
        try await FaultProxy.run(to: storage.bucket.port) { proxy in
            try await RunningServer.run(for: nix, on: .services(storage.through(proxy))) { server in
                try await push(path, of: nix, to: server, through: proxy) {
                    try await postgres.kill()
                    try await Task.sleep(for: .seconds(1))
                    let ready = try await Web.send("GET", server.url + "/readyz")
                    #expect(ready.status == 503)
                    try await Task.sleep(for: .seconds(3))
                    try await postgres.resume()
                }
            }
        }
        try await postgres.stop()
    }

    @Test(
        "a URL that has expired is asked for again: of a part, or of an object in one piece",
        arguments: [S3Operation.uploadPart, .putObject])
    func expiredURLs(operation: S3Operation) async throws {
        let nix = try NixSandbox()
        let path = try await nix.buildPartsAndPiece()
        try await ServiceStorage.runBehindProxy(
            for: nix, environment: ["NIKS3_UNSAFE_LIFECYCLE_TIMES": "U=15s,W=60s"]
        ) { server, proxy in
            proxy.setRules(
                FaultRule(.delay(.seconds(16)), to: .first(1)) {
                    $0.operation == operation && $0.path.contains("/nar/")
                })
            let pushed = try await nix.push([path], to: server).run()
            #expect(pushed.status == 0, "\(pushed.transcript)")
            #expect(proxy.exchanges.count { $0.fault != nil && $0.status == 403 } == 1)
            // A part is sent again alone.
            if operation == .uploadPart { #expect(proxy.count(of: .createMultipartUpload) == 1) }
            try await nix.expectWhole(path, in: server)
        }
    }

    @Test("a server that is throttled itself tells its client to come back")
    func throttledServer() async throws {
        let nix = try NixSandbox()
        let create = SampleClosure(narSize: 100 << 20).createRequest
        try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
            proxy.setRules(FaultRule(.slowDown) { _ in true })
            let reply = try await server.call("POST", "/api/pending_closures", json: create)
            #expect(reply.status == 429, "\(reply.text)")
            #expect(reply.headers["Retry-After"] == "2")
            proxy.setRules()
            let again = try await server.call("POST", "/api/pending_closures", json: create)
            #expect(again.status == 200, "\(again.text)")
        }
    }
}
