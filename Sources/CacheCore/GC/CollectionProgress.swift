import Synchronization

/// How far a collection is, shared between its steps and its heartbeat.
final class CollectionProgress: Sendable {
    private struct State {
        var phase: CollectionPhase?
        var statistics = GCStatistics()
    }

    private let state = Mutex(State())

    var phase: CollectionPhase? { state.withLock { $0.phase } }
    var statistics: GCStatistics { state.withLock { $0.statistics } }

    func enter(_ phase: CollectionPhase) {
        state.withLock { $0.phase = phase }
    }

    func add(_ count: Int, to counter: any WritableKeyPath<GCStatistics, Int64> & Sendable) {
        state.withLock { $0.statistics[keyPath: counter] += Int64(count) }
    }
}
