internal import Dispatch
internal import Logging
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Accepts connections and answers requests, all on one thread of its own.
///
/// Requests that are whole at the same time are answered together, so that they share one commit.
final class HookListener: Sendable {
    /// What connections may take.
    struct Limits: Sendable {
        /// How many there are at once; further ones wait to be accepted.
        var connections = 32
        /// How long one may last.
        var time = Duration.seconds(10)
        /// How long those may last that are open when the listener is stopped.
        var closingTime = Duration.seconds(2)
    }

    /// What the thread and everybody else share.
    private struct State {
        var isStopping = false
        var openConnections = 0
        var lastActivity = ContinuousClock.now
    }

    private let socket: HookSocket
    private let limits: Limits
    private let answer: @Sendable ([HookRequest]) -> [HookReply]
    private let logger: Logger
    private let state = Mutex(State())
    private let alarm: WakeUpPipe

    /// Makes a listener.
    ///
    /// - Parameters:
    ///   - socket: What to accept connections from; it is closed when the listener has stopped.
    ///   - limits: What connections may take.
    ///   - logger: Where it is said when connections cannot be accepted.
    ///   - answer: Answers requests, in the same order; it may block.
    /// - Throws: ``ClientError`` with the code `unreadablePath` when there are no descriptors left.
    init(
        socket: HookSocket, limits: Limits = Limits(), logger: Logger,
        answer: @escaping @Sendable ([HookRequest]) -> [HookReply]
    ) throws(ClientError) {
        self.socket = socket
        self.limits = limits
        self.logger = logger
        self.answer = answer
        alarm = try WakeUpPipe()
    }

    /// When something was last asked or answered; nil while a connection is open.
    var idleSince: ContinuousClock.Instant? {
        state.withLock { $0.openConnections > 0 ? nil : $0.lastActivity }
    }

    /// Accepts no more connections than have come already, and lets those finish.
    func stop() {
        state.withLock { $0.isStopping = true }
        alarm.ring()
    }

    /// Works until it is stopped.
    func run() async {
        let thread = DispatchQueue(label: "niks3.hook.listener")
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                thread.async {
                    self.work()
                    continuation.resume()
                }
            }
        } onCancel: {
            stop()
        }
    }

    private func work() {
        var connections: [HookConnection] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var isAccepting = true
        /// When accepting is tried again after a failure.
        var pausedUntil: ContinuousClock.Instant?
        while true {
            if isAccepting, state.withLock({ $0.isStopping }) {
                isAccepting = false
                _ = accept(into: &connections, upTo: .max)
                socket.close()
                for connection in connections { connection.shorten(to: .now + limits.closingTime) }
            }
            guard isAccepting || !connections.isEmpty else { return }
            let now = ContinuousClock.now
            if let until = pausedUntil, until <= now { pausedUntil = nil }
            let hasRoom = isAccepting && connections.count < limits.connections && pausedUntil == nil
            var polled = connections.map { pollfd(fd: $0.descriptor, events: Int16($0.events), revents: 0) }
            polled.append(pollfd(fd: alarm.descriptor, events: Int16(POLLIN), revents: 0))
            if hasRoom { polled.append(pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)) }
            Polling.wait(for: &polled, until: (connections.map(\.deadline) + [pausedUntil].compactMap(\.self)).min())
            alarm.clear()
            for (connection, ready) in zip(connections, polled) where ready.revents != 0 {
                connection.proceed(buffer: &buffer)
            }
            if hasRoom, polled.last?.revents != 0, !accept(into: &connections, upTo: limits.connections) {
                pausedUntil = .now + .seconds(1)
            }
            answerRequests(of: connections)
            for connection in connections where connection.deadline <= .now { connection.expire() }
            connections.removeAll(where: \.hasEnded)
            note(connections.count)
        }
    }

    private func answerRequests(of connections: [HookConnection]) {
        let waiting = connections.compactMap { connection in connection.request.map { (connection, $0) } }
        guard !waiting.isEmpty else { return }
        for ((connection, _), reply) in zip(waiting, answer(waiting.map(\.1))) { connection.answer(reply) }
    }

    /// Accepts what waits; whether it went well.
    private func accept(into connections: inout [HookConnection], upTo limit: Int) -> Bool {
        while connections.count < limit {
            switch socket.accept() {
            case .success(nil): return true
            case .success(let descriptor?):
                connections.append(HookConnection(descriptor: descriptor, deadline: .now + limits.time))
                note(connections.count)
            case .failure(let failure):
                logger.warning("no connection can be accepted for a second: \(failure.reason)")
                return false
            }
        }
        return true
    }

    private func note(_ connections: Int) {
        state.withLock { state in
            if state.openConnections > 0 || connections > 0 { state.lastActivity = .now }
            state.openConnections = connections
        }
    }
}
