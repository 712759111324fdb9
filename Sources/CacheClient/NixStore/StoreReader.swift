public import NarKit

/// What a push has to know about the local store.
///
/// ``NixStore`` asks `nix`; another reader must give the same answers.
public protocol StoreReader: Sendable {
    /// Where the installation keeps things.
    var directories: NixDirectories { get }

    /// The closure of some paths.
    ///
    /// - Parameter roots: The paths to begin with.
    /// - Returns: Each path that is reached over references, the roots included, once; sorted by path.
    /// - Throws: ``ClientError`` with the code `invalidPath` when one is not valid, and others when the store cannot be
    ///   asked.
    func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo]

    /// The realisations that somebody needs to substitute the content-addressed paths of a closure.
    ///
    /// - Parameter closure: A closure as ``closure(of:)`` gives it.
    /// - Returns: The realisations whose output is one of its content-addressed paths, and those they depend on; sorted by
    ///   id. Empty where the store keeps none.
    /// - Throws: ``ClientError`` when the store cannot be asked.
    func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation]
}
