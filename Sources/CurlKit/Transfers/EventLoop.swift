import CCurl
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The way from tasks to the event thread: commands in, answers by the transfers' continuations.
final class EventLoop: Sendable {
    enum Command: Sendable {
        case start(Transfer)
        case cancel(Transfer)
        case resumeReceiving(Transfer)
        case resumeSending(Transfer)
    }

    /// What the thread is to do next.
    enum Instruction {
        case perform([Command])
        /// End all transfers, then the thread.
        case stop([Command])
    }

    private enum Phase {
        case notStarted
        case running
        /// The client is gone: the thread ends when the last transfer does.
        case draining
        case stopping
        case stopped
    }

    /// The one thing that other threads do with the multi handle.
    private struct Alarm: @unchecked Sendable {
        // curl_multi_wakeup may be called from any thread, and the handle outlives this value: the thread takes it out
        // of the state before it frees the handle.
        let multi: UnsafeMutableRawPointer

        func ring() {
            ccurl_multi_wakeup(multi)
        }
    }

    private struct State {
        var phase = Phase.notStarted
        var commands: [Command] = []
        var alarm: Alarm?
        var isAsleep = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []

        mutating func wake() {
            guard isAsleep else { return }
            isAsleep = false
            alarm?.ring()
        }
    }

    let configuration: HTTPClientConfiguration
    private let state = Mutex(State())

    init(configuration: HTTPClientConfiguration) {
        self.configuration = configuration
    }

    // MARK: - For tasks

    /// Starts a transfer, and the thread with the first one.
    ///
    /// - Returns: why it cannot be started.
    func start(_ transfer: Transfer) -> HTTPError? {
        let (isAccepted, needsThread) = state.withLock { state -> (Bool, Bool) in
            let needsThread = state.phase == .notStarted
            guard needsThread || state.phase == .running else { return (false, false) }
            state.phase = .running
            state.commands.append(.start(transfer))
            state.wake()
            return (true, needsThread)
        }
        guard isAccepted else {
            return transfer.error(.shutDown, "the client was shut down", remedy: "use a client that is still open")
        }
        guard needsThread, let code = startThread() else { return nil }
        let refused = state.withLock { state in
            state.phase = .notStarted
            defer { state.commands.removeAll() }
            return state.commands
        }
        func refusal(of transfer: Transfer) -> HTTPError {
            transfer.error(
                .internal, "no thread could be started (error \(code))", remedy: "raise the limit of processes")
        }
        for case .start(let other) in refused where other !== transfer { other.fail(refusal(of: other)) }
        return refusal(of: transfer)
    }

    func post(_ command: Command) {
        state.withLock { state in
            guard state.phase == .running || state.phase == .draining else { return }
            state.commands.append(command)
            state.wake()
        }
    }

    /// Lets the thread end when the last transfer does.
    func drain() {
        state.withLock { state in
            switch state.phase {
            case .notStarted: state.phase = .stopped
            case .running: state.phase = .draining
            case .draining, .stopping, .stopped: return
            }
            state.wake()
        }
    }

    /// Ends all transfers and waits for the thread.
    func stop() async {
        await withCheckedContinuation { continuation in
            let hasStopped = state.withLock { state in
                if state.phase == .notStarted { state.phase = .stopped }
                if state.phase == .stopped { return true }
                state.phase = .stopping
                state.stopWaiters.append(continuation)
                state.wake()
                return false
            }
            if hasStopped { continuation.resume() }
        }
    }

    /// - Returns: an error number, or `nil` for success.
    private func startThread() -> CInt? {
        let context = Unmanaged.passRetained(self)
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let code = pthread_create(
            &thread, nil,
            { context in
                #if canImport(Darwin)
                let loop = Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
                #else
                guard let context else { return nil }
                let loop = Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
                #endif
                EventThread.run(loop)
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return code
        }
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
        return nil
    }

    // MARK: - For the event thread

    func threadDidStart(multi: UnsafeMutableRawPointer) {
        let alarm = Alarm(multi: multi)
        state.withLock { $0.alarm = alarm }
    }

    /// Takes the commands that came. If there are none, the thread is to sleep until there are, or until something
    /// moves on the network.
    ///
    /// - Parameter isIdle: whether no transfer is under way.
    func next(isIdle: Bool) -> Instruction {
        state.withLock { state in
            let commands = state.commands
            state.commands.removeAll(keepingCapacity: true)
            if state.phase == .stopping || (state.phase == .draining && isIdle && commands.isEmpty) {
                state.phase = .stopping
                state.isAsleep = false
                return .stop(commands)
            }
            state.isAsleep = commands.isEmpty
            return .perform(commands)
        }
    }

    /// Spares others from waking a thread that is awake.
    func threadIsAwake() {
        state.withLock { $0.isAsleep = false }
    }

    /// No other thread touches the multi handle any more afterwards.
    func threadWillFreeHandles() {
        state.withLock { $0.alarm = nil }
    }

    /// The last thing that the thread does.
    func threadDidEnd() {
        let waiters = state.withLock { state in
            state.phase = .stopped
            defer { state.stopWaiters.removeAll() }
            return state.stopWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
