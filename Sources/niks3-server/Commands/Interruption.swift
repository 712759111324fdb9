import CacheCore
import ProgramKit
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether whoever started the program wants it to end. A second signal ends it at once.
final class Interruption: Sendable {
    private let state = Atomic(false)

    /// Whether a signal came.
    var isRequested: Bool { state.load(ordering: .relaxed) }

    /// Listens while `body` runs.
    static func listening<Value>(_ body: (Interruption) async throws -> Value) async throws -> Value {
        let interruption = Interruption()
        let signals = TerminationSignals(onSecond: { _ in _exit(WorkStatus.interrupted.rawValue) }) {
            interruption.state.store(true, ordering: .relaxed)
        }
        defer { signals.cancel() }
        return try await body(interruption)
    }

    /// Ends work between two steps once a signal came.
    /// - Throws: ``CacheError``, after which ``isRequested`` says why.
    func check() throws(CacheError) {
        if isRequested { throw CacheError(.unavailable, "It was interrupted.") }
    }
}
