public import Logging
public import NarKit

/// The store of this machine: its database where that can be read, else what `nix` says.
public struct LocalStore: StoreReader {
    /// Where the installation keeps things.
    public let directories: NixDirectories
    private let database: DatabaseStore?
    private let nix: NixStore
    private let logger: Logger

    /// Makes a reader of a store.
    ///
    /// - Parameters:
    ///   - location: The store.
    ///   - program: The name or path of the `nix` program, for what the database does not tell.
    ///   - logger: Is told at the level debug why `nix` is asked.
    public init(_ location: StoreLocation, program: String = "nix", logger: Logger) {
        directories = location.directories
        database = location.hasDatabase ? DatabaseStore(directories: location.directories) : nil
        nix = NixStore(directories: location.directories, program: program, url: location.url)
        self.logger = logger
    }

    /// The closure of some paths.
    ///
    /// - Parameter roots: The paths to begin with.
    /// - Returns: Each path that is reached over references, the roots included, once; sorted by path.
    /// - Throws: ``ClientError`` with the code `invalidPath`, or as ``NixStore`` where the database cannot be read.
    public func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo] {
        guard let database else { return try await nix.closure(of: roots) }
        let problem: ClientError
        do throws(ClientError) {
            return try await database.closure(of: roots)
        } catch  where error.code == .databaseUnreadable || error.code == .invalidPath {
            // A daemon elsewhere, or a store that only nix.conf names, may have what this database lacks.
            problem = error
        }
        logger.debug("nix is asked: \(problem.message)")
        do throws(ClientError) {
            return try await nix.closure(of: roots)
        } catch  where error.code == .nixMissing && problem.code == .invalidPath {
            throw problem
        }
    }

    /// The realisations that somebody needs to substitute the content-addressed paths of a closure.
    ///
    /// - Parameter closure: A closure as ``closure(of:)`` gives it.
    /// - Returns: The realisations whose output is one of its content-addressed paths, and those they depend on; sorted by
    ///   id. Empty where the store keeps none.
    /// - Throws: ``ClientError`` as ``NixStore`` where the database cannot be read.
    public func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation] {
        guard let database else { return try await nix.realisations(for: closure) }
        do throws(ClientError) {
            return try await database.realisations(for: closure)
        } catch  where error.code == .databaseUnreadable {
            logger.debug("nix is asked: \(error.message)")
            return try await nix.realisations(for: closure)
        }
    }
}
