import Synchronization

/// Carries a streamed body from the task that makes it to the event thread that sends it, a bounded number of bytes at
/// a time.
final class UploadPipe: Sendable {
    /// What the event thread finds.
    enum Taken {
        case chunks(FIFO<[UInt8]>)
        /// Nothing at the moment; a later write, or the end, calls the function given to `take`.
        case nothing
        case finished
    }

    private struct State {
        var chunks = FIFO<[UInt8]>()
        var bufferedBytes = 0
        var isFinished = false
        var isClosed = false
        var resumeSending: (@Sendable () -> Void)?
        var writer: CheckedContinuation<Bool, Never>?
        var observer: CheckedContinuation<Void, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    // MARK: - For the task that makes the body

    /// Hands over a chunk, and waits until there is room for another.
    ///
    /// - Returns: whether more is wanted; not so when the task is cancelled.
    func write(_ chunk: [UInt8]) async -> Bool {
        guard !chunk.isEmpty else { return state.withLock { !$0.isClosed } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (resumeSending, answer) = state.withLock { state -> ((@Sendable () -> Void)?, Bool?) in
                    guard !state.isClosed, !Task.isCancelled else { return (nil, false) }
                    state.chunks.append(chunk)
                    state.bufferedBytes += chunk.count
                    let resumeSending = state.resumeSending
                    state.resumeSending = nil
                    if state.bufferedBytes < limit { return (resumeSending, true) }
                    state.writer = continuation
                    return (resumeSending, nil)
                }
                resumeSending?()
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let writer = state.withLock { state in
                defer { state.writer = nil }
                return state.writer
            }
            writer?.resume(returning: false)
        }
    }

    /// Says that the body is complete.
    func finish() {
        let (resumeSending, observer) = state.withLock { state in
            state.isFinished = true
            defer {
                state.resumeSending = nil
                state.observer = nil
            }
            return (state.resumeSending, state.observer)
        }
        resumeSending?()
        observer?.resume()
    }

    /// Waits until the body is complete or no longer wanted.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.isFinished || state.isClosed { return true }
                state.observer = continuation
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: - For both

    /// Whether nothing more is wanted.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Says that nothing more is wanted.
    func close() {
        let (writer, observer) = state.withLock { state in
            state.isClosed = true
            state.chunks = FIFO()
            state.bufferedBytes = 0
            defer {
                state.writer = nil
                state.observer = nil
                state.resumeSending = nil
            }
            return (state.writer, state.observer)
        }
        writer?.resume(returning: false)
        observer?.resume()
    }

    // MARK: - For the event thread

    /// Takes all that is there.
    ///
    /// - Parameter resumeSending: called once, from any thread, when there is more after there was nothing.
    func take(orCall resumeSending: @escaping @Sendable () -> Void) -> Taken {
        let (taken, writer) = state.withLock { state -> (Taken, CheckedContinuation<Bool, Never>?) in
            if !state.chunks.isEmpty {
                defer {
                    state.chunks = FIFO()
                    state.bufferedBytes = 0
                    state.writer = nil
                }
                return (.chunks(state.chunks), state.writer)
            }
            if state.isFinished { return (.finished, nil) }
            state.resumeSending = resumeSending
            return (.nothing, nil)
        }
        writer?.resume(returning: true)
        return taken
    }
}
