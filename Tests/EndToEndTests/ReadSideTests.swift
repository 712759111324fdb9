import CurlKit
import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// What readers get, and new keys for what is stored.
    @Suite(.serialized)
    struct ReadSides {
        @Test("Nix follows redirects to the bucket")
        func redirects() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "top" "echo ${mk "library" "seq 100000 > $out"} > $out""#)
            let storage = try await Deployment.services.storage(for: nix)
            try await RunningServer.run(for: nix, on: storage, arguments: ["--read-redirect-ttl", "1m"]) { server in
                try await nix.push([path], to: server).succeed()
                try await nix.expectWhole(path, in: server)
                let narInfo = try await Web.send("GET", "\(server.url)/\(try path.narInfoKey)")
                let url = try NarInfo(
                    parsing: narInfo.body, storeDirectory: try StoreDirectory(nix.storeDirectory)
                ).url
                let response = try await Web.send("GET", "\(server.url)/\(url)")
                #expect(response.status == 307)
                let location = try #require(response.headers["Location"])
                #expect(location.contains("X-Amz-Expires=60&"))
                let object = try await Web.send("GET", location, headers: ["Range": "bytes=0-3"])
                #expect(object.status == 206)
                #expect(object.body == [0x28, 0xB5, 0x2F, 0xFD], "a frame of zstd")
                // The URL is good for this object and this method only.
                #expect(try await Web.send("PUT", location, body: [1]).status == 403)
                let other = location.replacing(url, with: try path.narInfoKey)
                #expect(try await Web.send("GET", other).status == 403)
                #expect(try await Web.send("HEAD", "\(server.url)/\(url)").status == 200)
            }
        }

        @Test("pins are read by name", arguments: Deployment.allCases)
        func pins(deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let path = try await nix.build(#"mk "pinned" "echo pinned > $out""#)
                try await nix.push([path], to: server, flags: ["--pin", "main"]).succeed()
                let pin = try await Web.send("GET", "\(server.url)/pins/main")
                #expect(pin.text == path)
                #expect(pin.headers["Content-Type"] == "text/plain; charset=utf-8")
            }
        }

        @Test("a new key signs what is stored, and Nix needs to trust no other", arguments: Deployment.allCases)
        func resign(deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let storage = try await deployment.storage(for: nix)
            let path = try await nix.build(
                #"mk "top" "echo ${mk "library" "mkdir $out; echo 42 > $out/answer"} > $out""#)
            let secret = try await nix.command(["nix", "key", "generate-secret", "--key-name", "new-1"]).succeed().line
            let file = try nix.root.file("new-key", secret)
            let key = try SecretKey(parsing: secret).publicKey.description
            let old = try await RunningServer.run(for: nix, on: storage) { server in
                try await nix.push([path], to: server).succeed()
                let store = try FetchedStore(beside: nix)
                #expect(try await store.fetch([path], from: server.url, trusting: key).status != 0)
                return try await server.publicKey()
            }
            // The arguments of the storage give the old key, where there is a database.
            let arguments = storage.arguments + ["--sign-key-path", file]
            @Sendable func resign(_ flags: [String]) async throws -> CommandOutput {
                try await nix.command([Programs.server, "resign"] + flags + arguments).run()
            }
            let position = nix.root.path + "/position"
            let signed = try await resign(["--json", "--resume", position, "--trusted-public-key", old])
            #expect(signed.status == 0, "\(signed.transcript)")
            #expect(signed.line == #"{"summary":{"narinfos":2,"present":0,"refused":0,"signed":2}}"#)
            #expect(!FileManager.default.fileExists(atPath: position))
            let again = try await resign(["--trusted-public-key", old])
            #expect(again.line == "narinfos: 2, signed: 0, signed before: 2, left as they are: 0")
            try await RunningServer.run(for: nix, on: storage) { server in
                for key in [key, old] {
                    let store = try FetchedStore(beside: nix)
                    let fetched = try await store.fetch([path], from: server.url, trusting: key)
                    #expect(fetched.status == 0, "\(fetched.transcript)")
                }
                if deployment == .embedded {
                    let during = try await resign([])
                    #expect(during.status == 1)
                    #expect(during.standardError.contains("stop it, and run niks3-server resign again"))
                }
            }
            let checked = try await nix.command([Programs.server, "fsck", "--deep"] + storage.arguments).run()
            #expect(checked.status == 0, "\(checked.transcript)")
        }

        @Test("a key that nothing vouches for signs nothing, unless it is told to")
        func resignUnknown() async throws {
            let nix = try NixSandbox()
            let storage = try await Deployment.embedded.storage(for: nix)
            let path = try await nix.build(#"mk "one" "echo 1 > $out""#)
            try await RunningServer.run(for: nix, on: storage) { server in
                _ = try await nix.push([path], to: server).succeed()
            }
            let secret = try await nix.command(["nix", "key", "generate-secret", "--key-name", "new-1"]).succeed().line
            let file = try nix.root.file("new-key", secret)
            let words = [Programs.server, "resign", "--sign-key-path", file] + storage.arguments
            let refused = try await nix.command(words).run()
            #expect(refused.status == 1, "\(refused.transcript)")
            #expect(
                refused.standardOutput
                    == """
                    not signed \(try path.narInfoKey): none of the given keys has signed it
                    narinfos: 1, signed: 0, signed before: 0, left as they are: 1

                    """)
            #expect(try await nix.command(words + ["--all"]).run().status == 0)
        }
    }
}
