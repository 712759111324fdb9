internal import NarKit
internal import Synchronization

/// Reads a store, and remembers which paths the closures had.
final class ClosureRecorder: StoreReader {
    private let store: any StoreReader
    private let recorded = Mutex<Set<StorePath>>([])

    init(_ store: any StoreReader) { self.store = store }

    var directories: NixDirectories { store.directories }

    /// The paths of all closures that were read.
    var paths: Set<StorePath> { recorded.withLock { $0 } }

    func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo] {
        let closure = try await store.closure(of: roots)
        recorded.withLock { $0.formUnion(closure.map(\.storePath)) }
        return closure
    }

    func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation] {
        try await store.realisations(for: closure)
    }
}
