import Synchronization

/// Lets requests out as an ``AdaptiveLimiter`` says, in the order in which they came.
public final class RateLimiter: Sendable {
    private struct State {
        var limiter: AdaptiveLimiter
        /// Whether somebody sleeps until the next slot; the others wait for him.
        var isOccupied = false
        var order = FIFO<Int>()
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextTicket = 0
    }

    private let state: Mutex<State>

    /// Makes a limiter that all requests to one service share.
    ///
    /// - Parameter rate: requests a second to begin with, or `nil` to be off until the service throttles.
    public init(startingAt rate: Double? = nil) {
        state = Mutex(State(limiter: AdaptiveLimiter(startingAt: rate)))
    }

    /// The present rate in requests a second, or `nil` while it is off.
    public var rate: Double? { state.withLock { $0.limiter.rate } }

    /// Waits for permission to send a request.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func acquire() async throws(CancellationError) {
        enum Entry {
            case pass
            case sleep
            case queue(Int)
        }
        guard !Task.isCancelled else { throw CancellationError() }
        let entry = state.withLock { state -> Entry in
            guard !state.isOccupied else {
                state.nextTicket += 1
                return .queue(state.nextTicket)
            }
            if state.limiter.delay(at: .now) == .zero { return .pass }
            state.isOccupied = true
            return .sleep
        }
        switch entry {
        case .pass: return
        case .sleep: break
        case .queue(let ticket): guard await becomesFirst(ticket) else { throw CancellationError() }
        }
        defer { letNextBeFirst() }
        while true {
            let delay = state.withLock { $0.limiter.delay(at: .now) }
            guard delay > .zero else { return }
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw CancellationError()
            }
        }
    }

    /// Notes how a request ended.
    ///
    /// - Parameter outcome: how it ended; only successes and throttles count.
    public func record(_ outcome: AttemptOutcome) {
        state.withLock { state in
            switch outcome {
            case .settled: state.limiter.recordSuccess()
            case .throttled: state.limiter.recordThrottle()
            case .unanswered, .unavailable, .failed: break
            }
        }
    }

    private func becomesFirst(_ ticket: Int) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFirst = state.withLock { state -> Bool? in
                    guard !Task.isCancelled else { return false }
                    guard state.isOccupied else {
                        state.isOccupied = true
                        return true
                    }
                    state.order.append(ticket)
                    state.waiting[ticket] = continuation
                    return nil
                }
                if let isFirst { continuation.resume(returning: isFirst) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: false)
        }
    }

    private func letNextBeFirst() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            while let ticket = state.order.popFirst() {
                if let waiter = state.waiting.removeValue(forKey: ticket) { return waiter }
            }
            state.isOccupied = false
            return nil
        }
        next?.resume(returning: true)
    }
}
