import HTTPTypes
import Synchronization

/// Counts the uploads that each credential has begun and not completed.
///
/// One that is given up counts for a while: an hour after its last request it no longer does.
final class PushCounter: Sendable {
    private struct Push {
        /// Nil as long as the request that begins it has no answer.
        var id: String?
        var last: ContinuousClock.Instant
    }

    /// A place that a push has taken.
    struct Place: Hashable, Sendable {
        fileprivate let credential: String
        fileprivate let number: UInt64
    }

    private struct State {
        var pushes: [String: [UInt64: Push]] = [:]
        var lastNumber: UInt64 = 0
    }

    private static let lifetime = Duration.seconds(3600)

    private let limits: PushLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(limits: PushLimits, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.limits = limits
        self.now = now
    }

    /// Takes a place for a push that is to be begun.
    ///
    /// - Returns: nil where there is no limit.
    /// - Throws: ``APIError`` (429) where the credential has all of its places taken.
    func begin(_ principal: Principal?) throws(APIError) -> Place? {
        guard let limit = limits.concurrentPushes, let credential = principal?.name else { return nil }
        let now = now()
        let place: Place? = state.withLock { state in
            // Whoever does not come back is forgotten, so that this does not grow.
            for name in state.pushes.keys {
                state.pushes[name] = state.pushes[name]?.filter { now - $0.value.last < Self.lifetime }
                if state.pushes[name]?.isEmpty ?? true { state.pushes[name] = nil }
            }
            guard state.pushes[credential]?.count ?? 0 < limit else { return nil }
            state.lastNumber += 1
            state.pushes[credential, default: [:]][state.lastNumber] = Push(id: nil, last: now)
            return Place(credential: credential, number: state.lastNumber)
        }
        guard let place else { throw Self.tooMany(limit) }
        return place
    }

    /// The push has begun.
    func begun(_ place: Place?, id: String) {
        guard let place else { return }
        state.withLock { $0.pushes[place.credential]?[place.number]?.id = id }
    }

    /// The push could not be begun.
    func giveBack(_ place: Place?) {
        guard let place else { return }
        state.withLock { $0.pushes[place.credential]?[place.number] = nil }
    }

    /// Somebody works on a push.
    func touch(_ id: String) {
        change(id) { [now = now()] push in push?.last = now }
    }

    /// A push is completed.
    func end(_ id: String) {
        change(id) { $0 = nil }
    }

    private func change(_ id: String, _ body: (inout Push?) -> Void) {
        guard limits.concurrentPushes != nil else { return }
        state.withLock { state in
            for credential in state.pushes.keys {
                guard let number = state.pushes[credential]?.first(where: { $0.value.id == id })?.key else { continue }
                body(&state.pushes[credential, default: [:]][number])
            }
        }
    }

    private static func tooMany(_ limit: Int) -> APIError {
        var error = APIError(
            .tooManyRequests, code: "too_many_pushes",
            "this credential has \(limit) pushes under way, which is as many as it may; complete one, or try again later"
        )
        error.headers[.retryAfter] = "10"
        return error
    }
}
