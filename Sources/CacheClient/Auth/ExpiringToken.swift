internal import CacheCore
internal import Synchronization

/// Fetches a token that expires, once at a time, and keeps it for most of its life.
final class ExpiringToken: Sendable {
    /// A token, and until when a server takes it where that is known.
    struct Answer: Sendable, Equatable {
        var token: String
        var expiresAt: Timestamp?
    }

    private struct Known {
        var token: String
        /// Until when it is used without asking again; nil when it is good for the requests that waited for it alone.
        var usedUntil: Timestamp?
        /// The number of the run that gave it.
        var run: Int
    }

    private struct State {
        var known: Known?
        var runs = 0
    }

    private let state = Mutex(State())
    private let turn = Semaphore(1)
    private let now: @Sendable () -> Timestamp
    private let fetch: @Sendable () async throws(ClientError) -> Answer

    init(
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        fetch: @escaping @Sendable () async throws(ClientError) -> Answer
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// The token, fetched if need be; requests that wait at the same time share a fetch that began after they asked.
    ///
    /// - Parameter refused: A token that is not to be given, though its time is not over.
    func token(insteadOf refused: String? = nil) async throws(ClientError) -> String {
        let asked = state.withLock { state in (token: usable(state, refused), runs: state.runs) }
        if let token = asked.token { return token }
        return try await turn.withUnits(1) { () throws(ClientError) in
            let shared: String? = state.withLock { state in
                if let known = state.known, known.run > asked.runs, known.token != refused { return known.token }
                if let token = usable(state, refused) { return token }
                state.runs += 1
                return nil
            }
            if let shared { return shared }
            let start = now()
            let answer = try await fetch()
            state.withLock { state in
                state.known = Known(
                    token: answer.token, usedUntil: Self.end(of: answer, fetchedAt: start), run: state.runs)
            }
            return answer.token
        }
    }

    private func usable(_ state: borrowing State, _ refused: String?) -> String? {
        guard let known = state.known, let end = known.usedUntil, now() < end, known.token != refused else {
            return nil
        }
        return known.token
    }

    /// After three quarters of its life a token is replaced, so that none expires on its way.
    static func end(of answer: Answer, fetchedAt start: Timestamp) -> Timestamp? {
        answer.expiresAt.map { start + ($0 - start) * 3 / 4 }
    }
}
