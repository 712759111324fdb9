public import CacheCore
public import Logging
public import ServiceLifecycle
import Synchronization

/// Compares the clocks from time to time, and does once what has to wait until they agree.
public struct ClockService: Service {
    private let clocks: ClockWatch?
    private let interval: Duration
    private let logger: Logger
    private let onAgreement: @Sendable () async throws -> Void
    private let state = State()

    private final class State: Sendable {
        let hasAgreed = Atomic(false)
    }

    /// - Parameters:
    ///   - clocks: what is looked after; nil where all clocks are one.
    ///   - interval: between two measurements.
    ///   - logger: told of changes.
    ///   - onAgreement: what has to wait until the clocks agree; done until it succeeds once.
    public init(
        clocks: ClockWatch?, interval: Duration = .seconds(60), logger: Logger,
        onAgreement: @escaping @Sendable () async throws -> Void
    ) {
        self.clocks = clocks
        self.interval = interval
        self.logger = logger
        self.onAgreement = onAgreement
    }

    /// Compares the clocks for the first time.
    ///
    /// - Throws: what `onAgreement` throws.
    public func begin() async throws {
        if let problem = await clocks?.measure().problem {
            logger.error("no upload is taken", metadata: ["reason": "\(problem)"])
        } else {
            try await onAgreement()
            state.hasAgreed.store(true, ordering: .relaxed)
        }
    }

    /// Works until a graceful shutdown.
    public func run() async {
        guard let clocks else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            var wasWrong = clocks.report.problem != nil
            while (try? await Task.sleep(for: interval)) != nil {
                let problem = await clocks.measure().problem
                if let problem {
                    logger.error("no upload is taken", metadata: ["reason": "\(problem)"])
                } else if wasWrong {
                    logger.notice("the clocks agree again")
                }
                wasWrong = problem != nil
                if !wasWrong, !state.hasAgreed.load(ordering: .relaxed) { await agree() }
            }
        }
    }

    private func agree() async {
        do {
            try await onAgreement()
            state.hasAgreed.store(true, ordering: .relaxed)
        } catch {
            logger.warning("what the clocks had kept back failed", metadata: ["error": "\(error)"])
        }
    }
}
