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
    }
}
