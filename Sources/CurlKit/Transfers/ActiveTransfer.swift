import CCurl

/// A transfer that libcurl works on. Lives on the event thread only.
final class ActiveTransfer {
    let transfer: Transfer
    let handle: EasyHandle

    /// Why a callback made libcurl end the transfer.
    private(set) var failure: HTTPError?

    /// Whether something waits to be passed on, or a pause to be lifted, after this round.
    private(set) var needsFlush = false

    private let responseBufferSize: Int
    private let startedAt: ContinuousClock.Instant
    private let loop: EventLoop
    let debugHook: (@Sendable (String) -> Void)?
    private let markForFlush: (ActiveTransfer) -> Void

    private var parser: HeadParser
    private var head: (HTTPResponseHead, HTTPMetrics)?
    private var status: Int?
    private var chunk: [UInt8] = []
    private var outcome: Result<Void, HTTPError>?
    private var bufferedBytes = 0
    private var isReceivingPaused = false

    private var body: UploadSource
    private var isSendingPaused = false
    private var mustResumeSending = false

    private var stall: StallDetector

    init(
        transfer: Transfer, handle: EasyHandle, loop: EventLoop, now: ContinuousClock.Instant,
        markForFlush: @escaping (ActiveTransfer) -> Void
    ) {
        self.transfer = transfer
        self.handle = handle
        self.loop = loop
        self.markForFlush = markForFlush
        debugHook = loop.configuration.debugHook
        startedAt = now
        responseBufferSize = loop.configuration.responseBufferSize
        let method = transfer.request.method
        parser = HeadParser(
            followsRedirects: transfer.request.followRedirects && (method == "GET" || method == "HEAD"),
            limit: loop.configuration.maximumHeadSize)
        body = UploadSource(transfer: transfer)
        stall = StallDetector(limit: transfer.request.stallTimeout, now: now)
    }

    /// Whether the head of the response is complete.
    var hasHead: Bool { status != nil }

    // MARK: - Rounds

    /// When the transfer has to be looked at again, whatever happens.
    var nextCheck: ContinuousClock.Instant {
        min(stall.nextCheck, transfer.deadline ?? stall.nextCheck)
    }

    /// Finds out whether a limit of time was passed.
    func timeFailure(at now: ContinuousClock.Instant) -> HTTPError? {
        if let deadline = transfer.deadline, deadline <= now {
            return transfer.error(
                .timeout, "it took longer than \(transfer.request.totalTimeout ?? .zero)",
                remedy: "check the network, or allow more time")
        }
        guard now >= stall.nextCheck else { return nil }
        // Before there is a connection its own limit holds.
        let isExcused =
            isReceivingPaused || isSendingPaused || handle.offset(CURLINFO_PRETRANSFER_TIME_T) == 0
        let moved =
            handle.offset(CURLINFO_SIZE_UPLOAD_T) &+ handle.offset(CURLINFO_SIZE_DOWNLOAD_T)
            &+ Int64(handle.number(CURLINFO_HEADER_SIZE))
        guard stall.isStalled(moved: moved, isExcused: isExcused, at: now) else { return nil }
        return transfer.error(
            .stalled, "no byte moved for \(transfer.request.stallTimeout)",
            remedy: "check the network and the server, then try again")
    }

    /// Notes how the transfer ended, to be passed on with what came before.
    func end(with outcome: Result<Void, HTTPError>) {
        self.outcome = outcome
        needFlush()
    }

    /// Passes on what this round brought, and lifts pauses.
    func flush() {
        needsFlush = false
        if head != nil || !chunk.isEmpty || outcome != nil {
            let (buffered, mayResume) = transfer.deliver(head: head, chunk: chunk, outcome: outcome)
            head = nil
            chunk = []
            bufferedBytes = buffered
            // Not before: whoever waits for the end of the upload looks then whether the transfer has failed.
            if closesUpload { transfer.upload?.close() }
            if mayResume { resumeReceiving() }
        }
        if mustResumeSending {
            mustResumeSending = false
            resumeSending()
        }
    }

    func resumeReceiving() {
        bufferedBytes = 0
        guard isReceivingPaused, outcome == nil else { return }
        isReceivingPaused = false
        applyPauses()
    }

    func resumeSending() {
        guard isSendingPaused, outcome == nil else { return }
        isSendingPaused = false
        applyPauses()
    }

    private func applyPauses() {
        // This may call the callbacks at once, which may pause again.
        let code = ccurl_easy_pause(
            handle.pointer, (isReceivingPaused ? CURLPAUSE_RECV : 0) | (isSendingPaused ? CURLPAUSE_SEND : 0))
        if code != CURLE_OK, case .failure(let error) = outcome(for: code) { transfer.fail(error) }
    }

    /// Whether the rest of the body is not wanted any more. What was sent whole may still turn out to be too long.
    private var closesUpload: Bool {
        switch outcome {
        case .failure: true
        case .success: !body.isExhausted
        case nil: false
        }
    }

    private func needFlush() {
        guard !needsFlush else { return }
        needsFlush = true
        markForFlush(self)
    }

    // MARK: - Callbacks

    /// - Returns: what the header callback returns.
    func receive(headerLine: UnsafeRawBufferPointer) -> Int {
        do throws(HeadParser.Failure) {
            if case .complete(let head) = try parser.consume(headerLine) {
                let metrics = HTTPMetrics(
                    httpVersion: head.version, reusedConnection: handle.number(CURLINFO_NUM_CONNECTS) == 0,
                    timeToHead: startedAt.duration(to: .now))
                self.head = (head, metrics)
                status = head.status
                if head.status >= 400, let upload = transfer.upload {
                    // libcurl stops sending too, but not while it is paused.
                    upload.close()
                    mustResumeSending = isSendingPaused
                }
                needFlush()
            }
            return headerLine.count
        } catch {
            failure = transfer.error(
                .protocol, error.problem, remedy: "check that the address is that of an HTTP server")
            return 0
        }
    }

    /// - Returns: what the write callback returns.
    func receive(body bytes: UnsafeRawBufferPointer) -> Int {
        guard status != nil else { return bytes.count }
        if bufferedBytes + chunk.count + bytes.count > responseBufferSize {
            if transfer.pausesReceiving(extra: chunk.count, limit: responseBufferSize) {
                guard transfer.upload == nil || body.isExhausted || (status ?? 0) >= 400 else {
                    // Nobody reads the response before the request is sent, so that neither would ever move again.
                    failure = transfer.error(
                        .protocol, "the server sent a long response before it had the whole request",
                        remedy: "check that the address is the right one")
                    return 0
                }
                isReceivingPaused = true
                needFlush()
                return ccurl_write_pause
            }
            bufferedBytes = 0
        }
        if chunk.isEmpty { chunk.reserveCapacity(bytes.count) }
        chunk.append(contentsOf: bytes)
        needFlush()
        return bytes.count
    }

    /// - Returns: what the read callback returns.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let filled = body.fill(buffer) { [loop, transfer] in
            loop.post(.resumeSending(transfer))
        }
        if let filled { return filled }
        isSendingPaused = true
        return ccurl_read_pause
    }

    /// - Returns: what the seek callback returns.
    func rewind(to offset: Int64) -> CInt {
        body.seek(to: offset) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK
    }
}
