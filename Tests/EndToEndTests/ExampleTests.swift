import Foundation
import Testing

extension EndToEnd {
    /// The programs in `Examples`, run as somebody would who tries them.
    @Suite
    struct Examples {
        private func example(
            _ name: String, _ words: [String] = [], adding variables: [String: String] = [:]
        ) async throws -> String {
            try await Command(words: [Programs.directory + "/" + name] + words, environment: variables).succeed()
                .standardOutput
        }

        @Test("dump a path as Nix would")
        func dump() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "a" "echo 42 > $out""#)
            let output = try await example("DumpStorePath", [path])
            let hash = try await nix.command(["nix-store", "--query", "--hash", path]).succeed().line
            #expect(output.hasPrefix("NarHash: \(hash)\nNarSize: 120\nFileSize: "))
        }

        @Test("sign, and notice what was tampered with")
        func sign() async throws {
            let output = try await example("SignAndVerify")
            #expect(output.contains("\nSig: cache.example.org-1:"))
            #expect(output.hasSuffix("\nsigned: true\ntampered with: false\n"))
        }

        @Test("make a URL for an upload")
        func presign() async throws {
            let output = try await example(
                "PresignUpload", ["https://s3.example.org", "cache", "nar/a.nar.zst"],
                adding: ["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"])
            #expect(output.hasPrefix("https://"))
            #expect(output.contains("nar/a.nar.zst?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=id%2F"))
            #expect(output.contains("&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature="))
        }

        @Test("plan a collection")
        func plan() async throws {
            let output = try await example("PlanCollection")
            #expect(output.hasPrefix("unreachable: 1 object, 9120 bytes\n"))
            #expect(output.split(separator: "\n").last == "4: unreachable")
        }

        @Test("push a closure")
        func push() async throws {
            try await Deployment.embedded.run { nix, server in
                let path = try await nix.build(#"mk "a" "echo 42 > $out""#)
                let pushed = try await nix.command(
                    [Programs.directory + "/PushClosure", path],
                    adding: ["NIKS3_SERVER_URL": server.url, "NIKS3_AUTH_TOKEN_FILE": server.tokenPath]
                ).succeed()
                #expect(pushed.standardOutput == "1 new paths, 0 were there\n")
                try await nix.expectWhole(path, in: server)
            }
        }
    }
}
