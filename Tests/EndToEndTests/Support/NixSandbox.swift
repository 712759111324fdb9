import Foundation

/// A Nix store of its own below a temporary directory, with real Nix working on it.
final class NixSandbox: Sendable {
    let root: TemporaryDirectory
    let environment: [String: String]
    var storeDirectory: String { root.path + "/store" }

    init() throws {
        root = try TemporaryDirectory()
        let base = root.path
        for name in ["store", "var", "etc", "home", "tmp"] { _ = try root.directory(name) }
        try root.file(
            "etc/nix.conf",
            """
            experimental-features = nix-command ca-derivations
            sandbox = false
            build-users-group =
            substitute = false
            fsync-metadata = false

            """)
        environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": base + "/home", "TMPDIR": base + "/tmp", "NIX_REMOTE": "",
            "NIX_STORE_DIR": base + "/store", "NIX_STATE_DIR": base + "/var",
            "NIX_LOG_DIR": base + "/var/log/nix", "NIX_LOCALSTATE_DIR": base + "/var",
            "NIX_CONF_DIR": base + "/etc", "XDG_CACHE_HOME": base + "/home/cache",
        ]
    }

    /// A command with this store's environment.
    func command(_ words: [String], adding more: [String: String] = [:]) -> Command {
        Command(words: words, environment: environment.merging(more) { $1 }, directory: root.path)
    }

    /// Builds an attribute of `expression`, in which `mk name script` is a derivation run by a shell, and returns
    /// its output path.
    func build(_ expression: String, file: String = "default") async throws -> String {
        try root.file(file + ".nix", Self.prelude + expression)
        return try await command(["nix-build", "--no-out-link", file + ".nix"]).succeed().line
    }

    static let prelude = """
        let
          shell = extra: name: script: derivation ({
            inherit name; system = builtins.currentSystem; builder = "/bin/sh";
            args = [ "-e" "-c" ("export PATH=/usr/local/bin:/usr/bin:/bin; " + script) ];
          } // extra);
          mk = shell {};
          contentAddressed = shell { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
        in

        """

    /// The paths of the closure of `path`.
    func closure(of path: String) async throws -> [String] {
        try await command(["nix-store", "--query", "--requisites", path]).succeed().standardOutput
            .split(separator: "\n").map(String.init)
    }
}

/// An empty store into which real Nix fetches from a cache.
struct FetchedStore: Sendable {
    let nix: NixSandbox
    let root: TemporaryDirectory

    init(beside nix: NixSandbox) throws {
        self.nix = nix
        root = try TemporaryDirectory()
    }

    private var store: String { "local?root=" + root.path }

    /// `nix` with a narinfo cache of its own, so that what another test fetched is not believed.
    func command(_ words: [String]) -> Command {
        nix.command(words, adding: ["XDG_CACHE_HOME": root.path + "/cache"])
    }

    /// Fetches the closures of `paths` from the cache, trusting only `key`.
    func fetch(_ paths: [String], from cache: String, trusting key: String) async throws -> CommandOutput {
        try await command(
            ["nix", "copy", "--from", cache, "--to", store, "--option", "trusted-public-keys", key] + paths
        ).run()
    }

    /// Where a fetched store path lies: below a root, Nix keeps its store in nix/store, whatever the paths begin with.
    func location(of path: String) -> String { root.path + "/nix/store/" + (path as NSString).lastPathComponent }

    /// Lets Nix hash everything that was fetched and compare it with what it recorded.
    func verify() async throws {
        try await command(["nix", "store", "verify", "--all", "--no-trust", "--store", store]).succeed()
    }
}
