import Foundation
import Testing

extension NixSandbox {
    /// Builds 60 MB that do not compress, in paths of 20 MB each, below one root.
    func buildIncompressible() async throws -> String {
        try await build(
            """
            let part = key: mk "part-${key}" ''
                  mkdir $out
                  head -c 20000000 /dev/zero | openssl enc -aes-128-ctr -K ${key} \\
                    -iv 00000000000000000000000000000000 > $out/data
                '';
            in mk "root" "echo ${part "01"} ${part "02"} ${part "03"} > $out"
            """)
    }

    /// Fetches `path` with real Nix into an empty store and expects it whole.
    func expectWhole(_ path: String, in server: RunningServer) async throws {
        let store = try FetchedStore(beside: self)
        let fetched = try await store.fetch([path], from: server.url, trusting: try await server.publicKey())
        #expect(fetched.status == 0, "\(fetched.transcript)")
        try await store.verify()
    }
}
