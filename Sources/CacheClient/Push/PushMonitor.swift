internal import NarKit
internal import Synchronization

/// Counts what happens during a push, and passes it on.
final class PushMonitor: Sendable {
    private let state = Mutex(PushSummary())
    private let newKeys = Mutex(Set<String>())
    private let handler: @Sendable (PushEvent) -> Void

    init(_ handler: @escaping @Sendable (PushEvent) -> Void) { self.handler = handler }

    /// What has been counted so far.
    var summary: PushSummary { state.withLock { $0 } }

    /// How many paths the cache did not have.
    var newPathCount: Int { newKeys.withLock { $0.count } }

    /// Takes note of the server's signatures of a root.
    func note(signatures: [String], of path: StorePath) {
        state.withLock { $0.signatures[path] = signatures }
    }

    /// Takes note of a root that is left out.
    func note(skipped path: StorePath, because reason: String) {
        state.withLock { $0.skippedRoots[path] = reason }
    }

    /// Takes note of narinfos that the cache does not have; the uploads of several roots may name one twice.
    func noteNew(_ keys: some Sequence<String>) { newKeys.withLock { $0.formUnion(keys) } }

    /// Takes note of an event.
    func note(_ event: PushEvent) {
        state.withLock { summary in
            switch event {
            case .read(let bytes): summary.bytesRead += bytes
            case .sent(let bytes): summary.bytesSent += bytes
            case .kept(let bytes): summary.bytesKept += bytes
            case .finished(_, let narBytes, let compressedBytes) where compressedBytes > 0:
                summary.narBytesSent += narBytes
                summary.compressedBytesSent += compressedBytes
            default: break
            }
        }
        handler(event)
    }
}
