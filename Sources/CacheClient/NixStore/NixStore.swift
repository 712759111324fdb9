public import NarKit

/// The local store, as the `nix` program knows it.
public struct NixStore: StoreReader {
    /// Where the installation keeps things.
    public let directories: NixDirectories
    let command: NixCommand

    /// The largest number of bytes of paths on one command line; Linux takes 2 MiB, some systems 256 KiB.
    private static let argumentBytes = 100_000
    /// The largest answer of one call: a million paths.
    private static let answerBytes = 1 << 30

    /// Makes a reader that asks `nix`.
    ///
    /// - Parameters:
    ///   - directories: Where the installation keeps things.
    ///   - program: The name or path of the `nix` program.
    ///   - url: The store that `nix` is told to use; nil for what its variables and settings say.
    public init(directories: NixDirectories = NixDirectories(), program: String = "nix", url: String? = nil) {
        self.directories = directories
        command = NixCommand(program: program, storeURL: url)
    }

    /// The closure of some paths, from `nix path-info --json --recursive`.
    ///
    /// - Parameter roots: The paths to begin with.
    /// - Returns: Each path that is reached over references, the roots included, once; sorted by path.
    /// - Throws: ``ClientError`` with the code `invalidPath`, `nixMissing`, `nixFailed` or `unsupportedNix`.
    public func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo] {
        var found: [StorePath: PathInfo] = [:]
        // A derivation's path stands for its outputs, in some versions, unless nix is told otherwise.
        for (paths, options) in [
            (roots.filter { !$0.isDerivation }, []), (roots.filter(\.isDerivation), ["--derivation"]),
        ] {
            for batch in batches(of: paths) {
                let document = try await pathInfos(of: batch, options: options)
                if let path = document.missing.first { throw ClientError.invalidPath(path) }
                for info in document.infos { found[info.storePath] = info }
            }
        }
        for root in roots where found[root] == nil { throw ClientError.invalidPath(root.path(in: directories.store)) }
        return found.values.sorted { $0.storePath < $1.storePath }
    }

    private func pathInfos(of paths: [String], options: [String]) async throws(ClientError) -> PathInfoDocument {
        let answer: [UInt8]
        do throws(ClientError) {
            answer = try await command.run(
                ["path-info", "--json", "--recursive"] + options + paths, limit: Self.answerBytes)
        } catch {
            if let path = Self.invalidPath(in: error.message) { throw ClientError.invalidPath(path) }
            throw error
        }
        return try PathInfoDocument(parsing: answer, storeDirectory: directories.store)
    }

    /// Splits paths so that each part fits on a command line.
    func batches(of paths: [StorePath]) -> [[String]] {
        var batches: [[String]] = []
        var room = 0
        for path in paths.lazy.map({ $0.path(in: directories.store) }) {
            if room < path.utf8.count + 1 {
                batches.append([])
                room = Self.argumentBytes
            }
            batches[batches.count - 1].append(path)
            room -= path.utf8.count + 1
        }
        return batches
    }

    /// The path that nix calls invalid, in `path '/nix/store/…' is not valid`.
    static func invalidPath(in message: String) -> String? {
        let parts = message.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasSuffix("path "), parts[2].hasPrefix(" is not valid") else { return nil }
        return String(parts[1])
    }
}

extension ClientError {
    /// A path that the store does not have.
    static func invalidPath(_ path: String) -> ClientError {
        ClientError(.invalidPath, "\(path) is not a valid path of the local store: `nix build` it first.")
    }
}
