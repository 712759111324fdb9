import CurlKit
import TestServices
import Testing

extension EndToEnd {
    /// An S3 service that says that it is asked too often.
    @Suite(.serialized)
    struct Throttling {
        @Test("throttling slows a push down and does not fail it", arguments: [Fault.slowDown, .tooManyRequests])
        func throttledPush(fault: Fault) async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildPartsAndPiece()
            try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
                proxy.setRules(FaultRule(fault, to: .random(probability: 0.3, seed: 11)) { _ in true })
                let pushed = try await nix.push([path], to: server).run()
                #expect(pushed.status == 0, "\(pushed.transcript)")
                #expect(proxy.exchanges.count { $0.fault != nil } > 2)
                proxy.setRules()
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test("a server that is throttled itself tells its client to come back")
        func throttledServer() async throws {
            let nix = try NixSandbox()
            try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
                proxy.setRules(FaultRule(.slowDown) { _ in true })
                let reply = try await server.call(
                    "POST", "/api/pending_closures", json: SampleClosure(narSize: 100 << 20).createRequest)
                #expect(reply.status == 429, "\(reply.text)")
                #expect(reply.headers["Retry-After"] == "2")
                proxy.setRules()
                let again = try await server.call(
                    "POST", "/api/pending_closures", json: SampleClosure(narSize: 100 << 20).createRequest)
                #expect(again.status == 200, "\(again.text)")
            }
        }
    }
}
