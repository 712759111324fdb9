public import NarKit

/// Where a Nix installation keeps its store, its state and its logs.
public struct NixDirectories: Hashable, Sendable {
    /// The store, `/nix/store` unless configured otherwise.
    public var store: StoreDirectory
    /// The state, which holds the database: `/nix/var/nix` unless configured otherwise.
    public var state: String
    /// The logs, `/nix/var/log/nix` unless configured otherwise.
    public var logs: String
    /// Where the files of the store lie: the store itself, but for a store below another root.
    public var files: String

    /// Names the directories.
    ///
    /// - Parameters:
    ///   - store: The store directory.
    ///   - state: An absolute path.
    ///   - logs: An absolute path.
    ///   - files: Where the files of the store lie; nil for the store directory.
    public init(
        store: StoreDirectory = .standard, state: String = "/nix/var/nix", logs: String = "/nix/var/log/nix",
        files: String? = nil
    ) {
        self.store = store
        self.state = state
        self.logs = logs
        self.files = files ?? store.path
    }

    /// Where the files of a store path lie.
    public func file(of path: StorePath) -> String { files + "/" + path.baseName }

    /// Reads `NIX_STORE_DIR` (or its old name `NIX_STORE`), `NIX_STATE_DIR` and `NIX_LOG_DIR`.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when the store directory is none.
    public init(environment: [String: String]) throws(ClientError) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        self.init()
        if let path = value("NIX_STORE_DIR", "NIX_STORE") {
            do throws(NarKitError) {
                store = try StoreDirectory(path)
            } catch {
                throw ClientError(.invalidArgument, "NIX_STORE_DIR: \(error.message)", cause: error)
            }
        }
        files = store.path
        if let path = value("NIX_STATE_DIR") { state = path }
        if let path = value("NIX_LOG_DIR") { logs = path }
    }
}
