import TestServices
import Testing

/// Faults everywhere: what waits for stalled transfers needs no processor, so that this runs beside the other tests.
@Suite
struct FaultInjection {
    /// One request in five is broken, in one of the ways in which networks and services break.
    private static func rules(seed: UInt64) -> [FaultRule] {
        let often = 0.037
        let faults: [(Fault, Double)] = [
            (.resetBeforeRequest, often), (.loseReply, often), (.truncateReply(afterBytes: 20), often),
            // Each is only noticed after 30 s.
            (.stallReply(afterBytes: 0), 0.008), (.internalError, often), (.slowDown, often), (.tooManyRequests, often),
        ]
        return faults.enumerated().map { index, fault in
            FaultRule(fault.0, to: .random(probability: fault.1, seed: seed &+ UInt64(index))) { _ in true }
        }
    }

    private static func set(_ rules: [FaultRule], on proxy: FaultProxy) {
        proxy.setRules(rules[0], rules[1], rules[2], rules[3], rules[4], rules[5], rules[6])
    }

    /// A path in parts, one in a piece, and some small ones below one root.
    private static let closure = """
        let
          parts = mk "parts" ''
            mkdir $out
            head -c 24000000 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000002 \\
              -iv 00000000000000000000000000000000 > $out/data
          '';
          # As large as what the server is told of once it has arrived.
          small = builtins.genList (i: mk "small-${toString i}" ''
            head -c 100000 /dev/zero | openssl enc -aes-128-ctr -K ${builtins.hashString "md5" (toString i)} \\
              -iv 00000000000000000000000000000000 > $out
          '') 20;
        in mk "root" "echo ${parts} ${toString small} > $out"
        """

    @Test(
        "with one request in five broken on every connection the push succeeds, and the cache verifies",
        arguments: [(Deployment.embedded, 1), (.services, 2)] as [(Deployment, UInt64)])
    func everywhere(deployment: Deployment, seed: UInt64) async throws {
        let nix = try NixSandbox()
        let path = try await nix.build(Self.closure)
        switch try await deployment.storage(for: nix) {
        case .directory(let directory), .home(let directory):
            try await RunningServer.run(for: nix, on: .directory(directory)) { server in
                try await push(path, of: nix, to: server, storage: nil, seed: seed)
            }
        case .services:
            try await ServiceStorage.runBehindProxy(for: nix) { server, storage in
                Self.set(Self.rules(seed: seed &+ 100), on: storage)
                try await push(path, of: nix, to: server, storage: storage, seed: seed)
            }
        }
    }

    private func push(
        _ path: String, of nix: NixSandbox, to server: RunningServer, storage: FaultProxy?, seed: UInt64
    ) async throws {
        try await FaultProxy.run(to: server.port, rules: Self.rules(seed: seed)) { proxy in
            let push = nix.push([path], url: proxy.url, tokenPath: server.tokenPath, flags: ["--no-progress"])
            let pushed = try await push.run()
            #expect(pushed.status == 0, "\(pushed.transcript)")
            #expect(proxy.exchanges.contains { $0.fault != nil })
            storage?.setRules()
            let faults = storage?.exchanges.count { $0.fault != nil }
            #expect(faults != 0)
        }
        let verified = try await nix.command([
            Programs.niks3, "verify", "--deep", path, "--cache", server.url, "--trusted-key",
            try await server.publicKey(),
        ]).run()
        #expect(verified.status == 0, "\(verified.transcript)")
        try await nix.expectWhole(path, in: server)
    }
}
