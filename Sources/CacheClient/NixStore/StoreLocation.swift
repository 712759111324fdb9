internal import NarKit

/// Which store is meant, and where it keeps things: what `NIX_REMOTE`, or `nix --store`, says.
public struct StoreLocation: Hashable, Sendable {
    /// Where it keeps things.
    public var directories: NixDirectories
    /// What `nix` is told by `--store`; nil for what its variables and settings say.
    public var url: String?
    /// Whether its database is on this machine, at a place that is known.
    public var hasDatabase: Bool

    /// Finds the store.
    ///
    /// A store below another root (`local?root=/mnt`, or just `/mnt`) has its files in `/mnt/nix/store` and its state in
    /// `/mnt/nix/var/nix`, while its paths begin as always. A daemon works on the database that lies here. Of any other
    /// store only `nix` knows.
    ///
    /// Source: the Nix manual, "Local Store" and "Local Daemon Store".
    ///
    /// - Parameters:
    ///   - environment: The variables of the process: those that name directories, and `NIX_REMOTE`.
    ///   - url: The store, which counts more than `NIX_REMOTE`.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when the store directory is none, or `unreadablePath` when
    ///   a relative path is given and the working directory is not known.
    public init(environment: [String: String], url: String? = nil) throws(ClientError) {
        directories = try NixDirectories(environment: environment)
        self.url = url
        let name = url ?? environment["NIX_REMOTE"] ?? ""
        let (base, parameters) = Self.parts(of: name)
        switch base {
        case "", "auto", "local", "local://", "daemon": hasDatabase = true
        case let base where base.hasPrefix("unix://"): hasDatabase = true
        case let base where base.hasPrefix("/") || base.hasPrefix("./") || base.hasPrefix("../"):
            hasDatabase = true
            try set(root: base)
        default:
            hasDatabase = false
            return
        }
        if let root = parameters["root"], !root.isEmpty { try set(root: root) }
        if let path = parameters["store"], !path.isEmpty {
            let hasOwnFiles = directories.files != directories.store.path
            do throws(NarKitError) {
                directories.store = try StoreDirectory(path)
            } catch {
                throw ClientError(.invalidArgument, "The store \(name): \(error.message)", cause: error)
            }
            if !hasOwnFiles { directories.files = path }
        }
        if let path = parameters["state"], !path.isEmpty { directories.state = path }
        if let path = parameters["log"], !path.isEmpty { directories.logs = path }
        if let path = parameters["real"], !path.isEmpty { directories.files = path }
    }

    private mutating func set(root: String) throws(ClientError) {
        let path = root.hasPrefix("/") ? root : try FileAccess.workingDirectory() + "/" + root
        // The root of everything is no other root.
        guard path.contains(where: { $0 != "/" }) else { return }
        directories.files = path + "/nix/store"
        directories.state = path + "/nix/var/nix"
        directories.logs = path + "/nix/var/log/nix"
    }

    /// The text before the question mark, and the parameters after it.
    private static func parts(of url: String) -> (base: String, parameters: [String: String]) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var parameters: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else { continue }
            parameters[String(words[0])] = QueryText.decoded(String(words[1]))
        }
        return (String(parts[0]), parameters)
    }
}
