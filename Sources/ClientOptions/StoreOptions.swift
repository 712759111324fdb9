package import ArgumentParser
package import CacheClient

/// Which local store is read.
package struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The local store, as nix takes it: a directory that holds nix/store, local?root=…, or daemon. Otherwise "
                + "NIX_REMOTE, else the store of this machine.", valueName: "store"))
    package var store: String?

    package init() {}

    /// The store that flags and variables name.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Throws: ``ClientError`` with the code `invalidArgument`.
    package func location(environment: [String: String]) throws(ClientError) -> StoreLocation {
        try StoreLocation(environment: environment, url: store.flatMap { $0.isEmpty ? nil : $0 })
    }
}
