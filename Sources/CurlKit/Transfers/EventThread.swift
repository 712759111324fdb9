import CCurl

/// The one thread of a client that calls libcurl: it waits for the network and for commands.
final class EventThread {
    private struct Origin {
        var active = 0
        var waiting = FIFO<Transfer>()
    }

    /// How many idle handles are kept.
    private static let maximumIdleHandles = 64

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var active: [UnsafeMutableRawPointer: ActiveTransfer] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    private var origins: [String: Origin] = [:]
    private var idleHandles: [EasyHandle] = []
    private var toFlush: [ActiveTransfer] = []
    private var nextCheck: ContinuousClock.Instant?

    /// Runs until the loop says to stop.
    static func run(_ loop: EventLoop) {
        if let problem = CurlLibrary.problem {
            refuseAll(loop, for: problem)
        } else if let multi = ccurl_multi_init() {
            EventThread(loop: loop, multi: multi).run()
            ccurl_multi_cleanup(multi)
        } else {
            refuseAll(loop, for: .memory)
        }
        loop.threadDidEnd()
    }

    private init(loop: EventLoop, multi: UnsafeMutableRawPointer) {
        self.loop = loop
        self.multi = multi
        let configuration = loop.configuration
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(1, configuration.maximumConnections))
        // One transfer a connection, with HTTP/2 as well: this libcurl holds up all streams of a connection when one
        // reader pauses.
        _ = ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    private func run() {
        loop.threadDidStart(multi: multi)
        running: while true {
            switch loop.next(isIdle: active.isEmpty && origins.isEmpty) {
            case .stop(let commands):
                for case .start(let transfer) in commands { enqueue(transfer) }
                break running
            case .perform(let commands) where commands.isEmpty:
                wait()
                loop.threadIsAwake()
            case .perform(let commands):
                for command in commands { handle(command) }
            }
            perform()
        }
        loop.threadWillFreeHandles()
        endAll()
    }

    // MARK: - Rounds

    private func wait() {
        let timeout = nextCheck.map { min(max($0 - .now, .milliseconds(1)), .seconds(60)) } ?? .seconds(60)
        ccurl_multi_poll(multi, nil, 0, CInt(timeout.milliseconds), nil)
    }

    private func perform() {
        startWaiting()
        var running: CInt = 0
        ccurl_multi_perform(multi, &running)
        finishCompleted()
        checkTimes()
        flush()
        startWaiting()
    }

    private func finishCompleted() {
        var remaining: CInt = 0
        while let message = ccurl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle,
                let transfer = active[pointer]
            else { continue }
            let code = ccurl_message_result(message)
            finish(transfer, with: transfer.outcome(for: code))
        }
    }

    private func flush() {
        // Resuming a transfer may bring more of it.
        while !toFlush.isEmpty {
            let round = toFlush
            toFlush.removeAll(keepingCapacity: true)
            for transfer in round { transfer.flush() }
        }
    }

    private func checkTimes() {
        guard let due = nextCheck else { return }
        let now = ContinuousClock.now
        guard now >= due else { return }
        for transfer in Array(active.values) {
            if let failure = transfer.timeFailure(at: now) { finish(transfer, with: .failure(failure)) }
        }
        var next = active.values.lazy.map(\.nextCheck).min()
        for origin in origins.values {
            origin.waiting.forEach { transfer in
                guard let deadline = transfer.deadline else { return }
                if deadline <= now {
                    transfer.fail(
                        transfer.error(
                            .timeout, "no connection was free for \(transfer.request.totalTimeout ?? .zero)",
                            remedy: "allow more connections, or more time"))
                } else {
                    next = min(next ?? deadline, deadline)
                }
            }
        }
        nextCheck = next
    }

    private func willCheck(at instant: ContinuousClock.Instant) {
        nextCheck = min(nextCheck ?? instant, instant)
    }

    // MARK: - Commands

    private func handle(_ command: EventLoop.Command) {
        switch command {
        case .start(let transfer):
            enqueue(transfer)
        case .cancel(let transfer):
            if let active = activeTransfer(of: transfer) {
                finish(active, with: .failure(transfer.failure ?? active.abandoned))
            } else {
                origins[transfer.origin]?.waiting.removeAll { $0 === transfer }
                forgetIfUnused(transfer.origin)
            }
        case .resumeReceiving(let transfer):
            activeTransfer(of: transfer)?.resumeReceiving()
        case .resumeSending(let transfer):
            activeTransfer(of: transfer)?.resumeSending()
        }
    }

    private func activeTransfer(of transfer: Transfer) -> ActiveTransfer? {
        handles[ObjectIdentifier(transfer)].flatMap { active[$0] }
    }

    // MARK: - Starting and ending

    private func enqueue(_ transfer: Transfer) {
        origins[transfer.origin, default: Origin()].waiting.append(transfer)
        if let deadline = transfer.deadline { willCheck(at: deadline) }
    }

    private func startWaiting() {
        let configuration = loop.configuration
        for (name, origin) in origins where !origin.waiting.isEmpty {
            while active.count < max(1, configuration.maximumConnections),
                origins[name]?.active ?? 0 < max(1, configuration.maximumConnectionsPerHost),
                let transfer = origins[name]?.waiting.popFirst()
            {
                if !transfer.hasEnded { start(transfer) }
            }
            forgetIfUnused(name)
        }
    }

    private func start(_ transfer: Transfer) {
        guard let handle = idleHandles.popLast() ?? EasyHandle() else {
            let problem = CurlLibrary.Problem.memory
            return transfer.fail(transfer.error(.internal, problem.text, remedy: problem.remedy))
        }
        let now = ContinuousClock.now
        let active = ActiveTransfer(transfer: transfer, handle: handle, loop: loop, now: now) { [unowned self] in
            toFlush.append($0)
        }
        do throws(EasyHandle.OptionFailure) {
            try active.configure(loop.configuration)
        } catch {
            return transfer.fail(
                transfer.error(
                    .invalidRequest, "libcurl does not take it (\(CurlLibrary.describe(error.code)))",
                    remedy: "check its address and headers"))
        }
        let code = ccurl_multi_add_handle(multi, handle.pointer)
        guard code == CURLM_OK else {
            let reason = String(cString: ccurl_multi_strerror(code))
            return transfer.fail(
                transfer.error(.internal, "libcurl cannot start it (\(reason))", remedy: "please report this"))
        }
        self.active[handle.pointer] = active
        handles[ObjectIdentifier(transfer)] = handle.pointer
        origins[transfer.origin, default: Origin()].active += 1
        willCheck(at: active.nextCheck)
    }

    private func finish(_ transfer: ActiveTransfer, with outcome: Result<Void, HTTPError>) {
        let pointer = transfer.handle.pointer
        ccurl_multi_remove_handle(multi, pointer)
        active[pointer] = nil
        handles[ObjectIdentifier(transfer.transfer)] = nil
        origins[transfer.transfer.origin]?.active -= 1
        forgetIfUnused(transfer.transfer.origin)
        if idleHandles.count < Self.maximumIdleHandles { idleHandles.append(transfer.handle) }
        transfer.end(with: outcome)
    }

    private func forgetIfUnused(_ name: String) {
        guard let origin = origins[name], origin.active == 0, origin.waiting.isEmpty else { return }
        origins[name] = nil
    }

    private func endAll() {
        func shutDown(_ transfer: Transfer) -> HTTPError {
            transfer.error(.shutDown, "the client was shut down meanwhile", remedy: "use a client that is still open")
        }
        for transfer in Array(active.values) { finish(transfer, with: .failure(shutDown(transfer.transfer))) }
        flush()
        for origin in origins.values { origin.waiting.forEach { $0.fail(shutDown($0)) } }
        origins.removeAll()
        idleHandles.removeAll()
    }

    private static func refuseAll(_ loop: EventLoop, for problem: CurlLibrary.Problem) {
        while true {
            guard case .perform(let commands) = loop.next(isIdle: true) else { return }
            for case .start(let transfer) in commands {
                transfer.fail(transfer.error(.internal, problem.text, remedy: problem.remedy))
            }
        }
    }
}
