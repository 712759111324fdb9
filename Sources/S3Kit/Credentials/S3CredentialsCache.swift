import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Keeps credentials until shortly before they end, and renews them once however many callers wait.
public final class S3CredentialsCache: Sendable {
    /// How long before their end credentials are renewed. AWS hands out new ones at least five minutes before.
    public static let margin = Duration.seconds(300)

    /// After a failed renewal, how long credentials that are still good are used before the next try.
    public static let pause = Duration.seconds(10)

    private enum News: Sendable {
        case done(S3Credentials)
        case failed(S3Error)
        /// Whoever asked gave up: one of those who wait takes over. Or the waiting one itself was cancelled.
        case abandoned
    }

    private struct State {
        var current: S3ResolvedCredentials?
        var renewNotBefore = Date.distantPast
        var isRenewing = false
        var waiting: [UInt64: CheckedContinuation<News, Never>] = [:]
        var nextTicket: UInt64 = 0
    }

    private enum Step {
        case use(S3Credentials)
        case renew
        case wait
    }

    private let source: any S3CredentialsSource
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - source: where credentials come from.
    ///   - now: the clock.
    public init(_ source: any S3CredentialsSource, now: @escaping @Sendable () -> Date = { Date() }) {
        self.source = source
        self.now = now
    }

    /// Credentials that are good for a while yet.
    ///
    /// - Throws: ``S3Error`` when there are none and none can be had. A renewal that fails while the old ones are
    ///   still good is not an error.
    public func credentials() async throws(S3Error) -> S3Credentials {
        while true {
            switch nextStep() {
            case .use(let credentials): return credentials
            case .renew: return try await renew()
            case .wait:
                switch await waitForNews() {
                case .done(let credentials): return credentials
                case .failed(let error): throw error
                case .abandoned:
                    guard !Task.isCancelled else { throw Self.cancellation }
                }
            }
        }
    }

    /// Forgets credentials that the service refused, unless they were renewed meanwhile.
    ///
    /// - Parameter refused: the credentials that the refused request was signed with.
    public func forget(_ refused: S3Credentials) {
        state.withLock { state in
            if state.current?.credentials == refused { state.current = nil }
        }
    }

    private static var cancellation: S3Error {
        S3Error(.cancelled, operation: "credentials", message: "the task was cancelled")
    }

    private func nextStep() -> Step {
        let now = now()
        return state.withLock { state in
            if let current = state.current {
                let remaining = current.expiration.map { $0.timeIntervalSince(now) } ?? .infinity
                let isDue = remaining < Double(Self.margin.components.seconds) && now >= state.renewNotBefore
                if remaining > 0, !isDue || state.isRenewing { return .use(current.credentials) }
            }
            guard !state.isRenewing else { return .wait }
            state.isRenewing = true
            return .renew
        }
    }

    private func renew() async throws(S3Error) -> S3Credentials {
        do throws(S3Error) {
            let found: S3ResolvedCredentials
            switch try await source.lookUp() {
            case .found(let credentials): found = credentials
            case .absent(let reason):
                throw S3Error(.noCredentials, operation: "credentials", message: "there are none: \(reason)")
            }
            if let end = found.expiration, end <= now() {
                throw S3Error(
                    .badCredentials, operation: "credentials",
                    message: "those handed out have expired already; check this machine's clock")
            }
            finish(.done(found.credentials)) { state in
                state.current = found
                // Credentials with a short life are not renewed all the time.
                state.renewNotBefore = now().addingTimeInterval(Double(Self.pause.components.seconds))
            }
            return found.credentials
        } catch {
            let end = now()
            let kept = finish(error.code == .cancelled ? .abandoned : .failed(error)) { state in
                state.renewNotBefore = end.addingTimeInterval(Double(Self.pause.components.seconds))
            }
            if error.code != .cancelled, let kept, kept.expiration.map({ $0 > end }) ?? true {
                return kept.credentials
            }
            throw error
        }
    }

    /// Ends a renewal and tells those who wait.
    ///
    /// - Returns: the credentials kept.
    @discardableResult
    private func finish(_ news: News, _ change: (inout State) -> Void) -> S3ResolvedCredentials? {
        let (waiting, kept) = state.withLock { state in
            change(&state)
            state.isRenewing = false
            let waiting = state.waiting
            state.waiting = [:]
            return (waiting, state.current)
        }
        for continuation in waiting.values { continuation.resume(returning: news) }
        return kept
    }

    private func waitForNews() async -> News {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard state.isRenewing, !Task.isCancelled else { return false }
                    state.waiting[ticket] = continuation
                    return true
                }
                if !waits { continuation.resume(returning: .abandoned) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            continuation?.resume(returning: .abandoned)
        }
    }
}
