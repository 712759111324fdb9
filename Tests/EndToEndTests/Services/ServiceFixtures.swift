import Foundation
import NarKit
import TestServices
import Testing

extension ServiceStorage {
    /// Runs a test with a server that reaches its S3 service through a proxy, as its clients do.
    static func runBehindProxy(
        for nix: NixSandbox, s3: S3Service = .shared, environment: [String: String] = [:],
        _ body: @Sendable (RunningServer, FaultProxy) async throws -> Void
    ) async throws {
        let storage = try await ServiceStorage(for: nix, s3: s3)
        try await FaultProxy.run(to: storage.bucket.port) { proxy in
            try await RunningServer.run(
                for: nix, on: .services(storage.through(proxy)), environment: environment
            ) { server in
                try await body(server, proxy)
            }
        }
    }
}

extension NixSandbox {
    /// Builds a path of 24 MB that does not compress, which is sent in parts, and one of a few bytes that refers to it.
    func buildPartsAndPiece() async throws -> String {
        try await build(
            """
            let parts = mk "parts" ''
                  mkdir $out
                  head -c 24000000 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000001 \\
                    -iv 00000000000000000000000000000000 > $out/data
                '';
            in mk "piece" "echo ${parts} > $out"
            """)
    }
}

extension String {
    /// The key of a store path's narinfo.
    var narInfoKey: String {
        get throws { try StorePath(baseName: (self as NSString).lastPathComponent).hashPart + ".narinfo" }
    }
}
