import NarKit
import Testing

@testable import CacheClient

@Suite struct StoreLocationTests {
    private static let usual = NixDirectories()
    private static let below = NixDirectories(
        state: "/mnt/nix/var/nix", logs: "/mnt/nix/var/log/nix", files: "/mnt/nix/store")

    @Test(
        "a store is found by its name",
        arguments: [
            ("", usual), ("auto", usual), ("local", usual), ("daemon", usual), ("unix:///run/nix/socket", usual),
            ("local?root=/", usual), ("/mnt", below), ("local?root=/mnt", below), ("local://?root=/mnt", below),
            ("local?root=%2Fmnt&require-sigs=false", below), ("unix:///run/x?root=/mnt", below),
            ("local?state=/s&log=/l&real=/r", NixDirectories(state: "/s", logs: "/l", files: "/r")),
            (
                "local?root=/mnt&real=/r&state=/s",
                NixDirectories(state: "/s", logs: "/mnt/nix/var/log/nix", files: "/r")
            ),
        ])
    func known(name: String, directories: NixDirectories) throws {
        let named = try StoreLocation(environment: [:], url: name)
        #expect(named.directories == directories)
        #expect(named.hasDatabase)
        #expect(named.url == name)
        let remote = try StoreLocation(environment: ["NIX_REMOTE": name])
        #expect(remote.directories == directories)
        #expect(remote.url == nil)
    }

    @Test("the name of a store counts more than NIX_REMOTE, and goes with the variables that name directories")
    func precedence() throws {
        let environment = ["NIX_REMOTE": "/other", "NIX_STORE_DIR": "/s/store", "NIX_STATE_DIR": "/s/var"]
        let named = try StoreLocation(environment: environment, url: "/mnt")
        #expect(
            named.directories
                == NixDirectories(
                    store: try StoreDirectory("/s/store"), state: "/mnt/nix/var/nix", logs: "/mnt/nix/var/log/nix",
                    files: "/mnt/nix/store"))
        let daemon = try StoreLocation(environment: environment, url: "daemon")
        #expect(daemon.directories == NixDirectories(store: try StoreDirectory("/s/store"), state: "/s/var"))
        let moved = try StoreLocation(environment: [:], url: "local?store=/s/store&state=/s/var")
        #expect(moved.directories == NixDirectories(store: try StoreDirectory("/s/store"), state: "/s/var"))
    }

    @Test("a relative root begins in the working directory")
    func relative() throws {
        let location = try StoreLocation(environment: [:], url: "./mnt")
        #expect(location.directories.files == (try FileAccess.workingDirectory()) + "/./mnt/nix/store")
    }

    @Test("of other stores only nix knows", arguments: ["ssh-ng://host", "https://cache", "s3://b", "dummy://"])
    func elsewhere(name: String) throws {
        let location = try StoreLocation(environment: [:], url: name)
        #expect(location.directories == Self.usual)
        #expect(!location.hasDatabase)
    }

    @Test("a store directory that is none is refused")
    func malformed() {
        let error = #expect(throws: ClientError.self) {
            try StoreLocation(environment: [:], url: "local?store=relative")
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("The store local?store=relative: ") == true)
    }

    @Test("files of a store below a root are named by where they are, or by what they are called")
    func arguments() throws {
        let name = String(repeating: "1", count: 32) + "-hello"
        for text in ["/nix/store/\(name)", "/mnt/nix/store/\(name)/bin"] {
            #expect(try Self.below.storePath(ofArgument: text, workingDirectory: "/").baseName == name)
        }
        #expect(Self.below.file(of: try storePath("1", "hello")) == "/mnt/nix/store/\(name)")
    }
}
