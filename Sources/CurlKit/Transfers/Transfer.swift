import Synchronization

/// One request on its way, as the tasks see it; what libcurl needs is in ``ActiveTransfer``.
final class Transfer: Sendable {
    /// What a waiting caller gets: the head of the response and how it came about.
    typealias Answer = Result<(head: HTTPResponseHead, metrics: HTTPMetrics), HTTPError>

    /// What a reader of the body gets.
    enum BodyEvent: Sendable {
        case chunks(FIFO<[UInt8]>)
        case end
        case failure(HTTPError)
    }

    let request: HTTPRequest
    let url: RedactedURL

    /// Scheme, host and port: what connections are counted by.
    let origin: String

    /// Where a streamed body passes through.
    let upload: UploadPipe?

    /// When the request must have ended.
    let deadline: ContinuousClock.Instant?

    /// Whether no connection that was kept open may be used.
    let needsNewConnection: Bool

    private let loop: EventLoop
    private let state = Mutex(TransferState())

    init(request: HTTPRequest, origin: String, loop: EventLoop, requestBufferSize: Int) {
        self.request = request
        self.url = RedactedURL(request.url)
        self.origin = origin
        self.loop = loop
        self.deadline = request.totalTimeout.map { .now + $0 }
        self.needsNewConnection = false
        if case .stream = request.body {
            self.upload = UploadPipe(limit: requestBufferSize)
        } else {
            self.upload = nil
        }
    }

    /// The same request once more, on a connection of its own.
    init(repeating other: Transfer) {
        request = other.request
        url = other.url
        origin = other.origin
        upload = nil
        deadline = other.deadline
        needsNewConnection = true
        loop = other.loop
    }

    /// An error that names the request.
    func error(_ code: HTTPError.Code, _ problem: String, remedy: String, cause: (any Error)? = nil) -> HTTPError {
        HTTPError(code, message: "\(request.method) \(url): \(problem); \(remedy)", cause: cause)
    }

    /// Why the transfer failed, if it did.
    var failure: HTTPError? {
        state.withLock { state in
            if case .failure(let error) = state.outcome { error } else { nil }
        }
    }

    // MARK: - For tasks

    /// Starts the transfer and waits for the head of the response.
    func answer() async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let failure = state.withLock { state -> HTTPError? in
                    if case .failure(let error) = state.outcome { return error }
                    state.headWaiter = continuation
                    return nil
                }
                if let failure {
                    continuation.resume(returning: .failure(failure))
                } else if let refusal = loop.start(self) {
                    fail(refusal)
                }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Waits for the next chunks of the body, and makes room for others.
    func nextChunks() async -> BodyEvent {
        if let ready = takeBody(orWaitWith: nil) { return ready }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let ready = takeBody(orWaitWith: continuation) { continuation.resume(returning: ready) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Ends the transfer unless it has ended.
    func cancel() {
        guard !hasEnded else { return }
        fail(error(.cancelled, "the request was cancelled", remedy: "start it again if it is still wanted"))
    }

    /// Ends the transfer with an error unless it has ended.
    func fail(_ error: HTTPError) {
        let resumptions = state.withLock { $0.end(with: .failure(error), discardingBody: true) }
        guard let resumptions else { return }
        resumptions.run()
        upload?.close()
        loop.post(.cancel(self))
    }

    private func takeBody(orWaitWith waiter: CheckedContinuation<BodyEvent, Never>?) -> BodyEvent? {
        let (event, mayResume) = state.withLock { state -> (BodyEvent?, Bool) in
            if let event = state.takeBody() { return (event, state.takePause()) }
            guard let waiter else { return (nil, false) }
            guard state.bodyWaiter == nil else {
                let misuse = error(
                    .internal, "its body is read by two tasks at once", remedy: "read it from one task only")
                return (.failure(misuse), false)
            }
            state.bodyWaiter = waiter
            return (nil, false)
        }
        if mayResume { loop.post(.resumeReceiving(self)) }
        return event
    }

    // MARK: - For the event thread

    /// Whether the transfer has ended, for whatever reason.
    var hasEnded: Bool { state.withLock { $0.outcome != nil } }

    /// Passes on what a round of libcurl's brought, all at once.
    ///
    /// - Returns: how many bytes wait to be read, and whether receiving, if paused, may go on.
    func deliver(
        head: (HTTPResponseHead, HTTPMetrics)?, chunk: [UInt8], outcome: Result<Void, HTTPError>?
    ) -> (buffered: Int, mayResume: Bool) {
        let (resumptions, buffered, mayResume) = state.withLock { state in
            let resumptions = state.deliver(head: head, chunk: chunk, outcome: outcome)
            let mayResume = state.bufferedBytes == 0 && state.takePause()
            return (resumptions, state.bufferedBytes, mayResume)
        }
        resumptions.run()
        return (buffered, mayResume)
    }

    /// Whether the server has to wait, with `extra` bytes on their way to the reader; if so, the reader resumes it.
    func pausesReceiving(extra: Int, limit: Int) -> Bool {
        state.withLock { state in
            guard state.outcome == nil, state.bufferedBytes + extra >= limit else { return false }
            state.isReceivingPaused = true
            return true
        }
    }
}
