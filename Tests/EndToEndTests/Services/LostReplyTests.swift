import TestServices
import Testing

extension EndToEnd {
    /// Replies of the S3 service that never arrive, or not whole.
    @Suite(.serialized)
    struct LostReplies {
        @Test("an upload that was completed counts, whether or not anybody heard of it")
        func completedUploads() async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildPartsAndPiece()
            try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
                proxy.setRules(FaultRule(.loseReply, to: .first(2), on: .completeMultipartUpload))
                let pushed = try await nix.push([path], to: server).run()
                #expect(pushed.status == 0, "\(pushed.transcript)")
                #expect(proxy.exchanges.contains { $0.fault == .loseReply && $0.status == 200 })
                // What was sent once was not sent again.
                #expect(proxy.count(of: .createMultipartUpload) == 1)
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test(
            "connections that break and replies that get lost, for every kind of request",
            arguments: [1, 2] as [UInt64])
        func everything(seed: UInt64) async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildPartsAndPiece()
            try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
                proxy.setRules(
                    FaultRule(.loseReply, to: .random(probability: 0.1, seed: seed)) { _ in true },
                    FaultRule(.resetBeforeRequest, to: .random(probability: 0.1, seed: seed + 10)) { _ in true },
                    FaultRule(.internalError, to: .random(probability: 0.07, seed: seed + 20)) { _ in true },
                    FaultRule(.truncateReply(afterBytes: 5), to: .random(probability: 0.07, seed: seed + 30)) { _ in
                        true
                    })
                let pushed = try await nix.push([path], to: server).run()
                #expect(pushed.status == 0, "\(pushed.transcript)")
                #expect(proxy.exchanges.count { $0.fault != nil } > 2)
                proxy.setRules()
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test("a NAR whose way from the S3 service breaks is fetched whole by Nix")
        func brokenReads() async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildPartsAndPiece()
            try await ServiceStorage.runBehindProxy(for: nix) { server, proxy in
                try await nix.push([path], to: server).succeed()
                proxy.setRules(
                    FaultRule(.truncateReply(afterBytes: 5_000_000), to: .first(2)) {
                        $0.operation == .getObject && $0.path.contains("/nar/")
                    })
                try await nix.expectWhole(path, in: server)
                #expect(proxy.exchanges.count { $0.fault == .truncateReply(afterBytes: 5_000_000) } == 2)
            }
        }
    }
}
