import HTTPTypes
import Logging

/// The keys of one provider, kept until they are too old, and asked for once however many requests wait.
actor ProviderKeys {
    /// How long things take.
    struct Times: Sendable {
        /// After this time keys are asked for anew, so that one that was withdrawn does not count for long.
        var refresh = Duration.seconds(3600)
        /// The least time between two requests that tokens bring about.
        var minimumInterval = Duration.seconds(30)
        /// Keys that could not be asked for anew count no longer than this.
        var maximumAge = Duration.seconds(86_400)
    }

    private let name: String
    private let fetch: @Sendable () async throws -> [VerificationKey]
    private let times: Times
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger

    private var keys: [VerificationKey] = []
    private var fetched: ContinuousClock.Instant?
    private var attempted: ContinuousClock.Instant?
    private var isFetching = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - name: the provider's, for the log.
    ///   - times: how long things take.
    ///   - now: the clock.
    ///   - logger: told when keys cannot be had.
    ///   - fetch: asks the provider.
    init(
        name: String, times: Times = Times(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        logger: Logger, fetch: @escaping @Sendable () async throws -> [VerificationKey]
    ) {
        self.name = name
        self.times = times
        self.now = now
        self.logger = logger
        self.fetch = fetch
    }

    /// The keys that a token may have been signed with. The provider is asked for one that is not known, but not too
    /// often: strangers can name as many as they like.
    ///
    /// - Returns: none for a key that the provider does not have.
    /// - Throws: ``APIError`` (503) where no keys could be had at all; `CancellationError`.
    func keys(for token: SignedToken) async throws -> [VerificationKey] {
        while true {
            let fitting = current.filter { $0.fits(token) }
            if !fitting.isEmpty { return fitting }
            if isFetching {
                await withCheckedContinuation { waiting.append($0) }
            } else if attempted.map({ now() - $0 >= times.minimumInterval }) ?? true {
                try await refresh()
            } else if hasCurrent {
                return []
            } else {
                throw APIError.identityUnavailable
            }
        }
    }

    /// Asks the provider.
    ///
    /// - Returns: after how long it should be asked again.
    /// - Throws: `CancellationError`.
    @discardableResult
    func refresh() async throws -> Duration {
        isFetching = true
        defer {
            isFetching = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        do {
            let found = try await fetch()
            if fetched == nil || found.count != keys.count {
                logger.info(
                    "the keys of a provider are there", metadata: ["provider": "\(name)", "keys": "\(found.count)"])
            }
            keys = found
            fetched = now()
            attempted = fetched
            return times.refresh
        } catch is CancellationError {
            // Whoever waits tries it himself.
            throw CancellationError()
        } catch {
            attempted = now()
            logger.warning(
                "the keys of a provider cannot be had",
                metadata: [
                    "provider": "\(name)", "reason": "\(error)", "logins": hasCurrent ? "by the old keys" : "refused",
                ])
            return times.minimumInterval
        }
    }

    /// After how long the provider should be asked again without a reason.
    var untilRefresh: Duration {
        guard let attempted else { return .zero }
        let isFresh = fetched == attempted
        return max(.zero, (isFresh ? times.refresh : times.minimumInterval) - (now() - attempted))
    }

    private var hasCurrent: Bool { fetched.map { now() - $0 < times.maximumAge } ?? false }

    private var current: [VerificationKey] { hasCurrent ? keys : [] }
}

extension APIError {
    /// A token could not be checked: whoever bears it may well be let in a little later.
    static let identityUnavailable = {
        var error = APIError(
            .serviceUnavailable, code: "unavailable", "the token cannot be checked at the moment; try again")
        error.headers[.retryAfter] = "5"
        return error
    }()
}
