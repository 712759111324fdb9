/// An HTTP client over libcurl's multi interface: connections are kept and reused, and one thread serves all of them.
///
/// The thread starts with the first request, and loads libcurl if that has not happened yet. It ends with
/// ``shutdown()``, or, when the client is dropped without it, after the last transfer.
public final class HTTPClient: Sendable {
    /// What all requests have in common.
    public let configuration: HTTPClientConfiguration

    private let loop: EventLoop

    /// Makes a client; nothing happens yet.
    ///
    /// - Parameter configuration: what all requests have in common.
    public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
        self.configuration = configuration
        loop = EventLoop(configuration: configuration)
    }

    deinit {
        loop.drain()
    }

    /// Sends a request and waits for the head of its response; of a streamed body, everything is sent by then, unless
    /// the server refuses earlier.
    ///
    /// Any status is a response, not an error. When a connection that was kept open turns out to be closed before
    /// anything was answered, the request is sent once more on a new one, if its body is in memory. Cancelling the task
    /// ends the transfer and closes its connection.
    ///
    /// - Parameter request: what to send.
    /// - Returns: the response, whose body is read as it comes.
    /// - Throws: ``HTTPError`` when there is no response; where libcurl is missing, with the code `internal` for every
    ///   request.
    public func execute(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let origin = try request.validated()
        let transfer = Transfer(
            request: request, origin: origin, loop: loop, requestBufferSize: configuration.requestBufferSize)
        guard !Task.isCancelled else {
            transfer.cancel()
            throw transfer.failure ?? HTTPError(.cancelled, message: "the request was cancelled")
        }
        if case .stream(let length, let makeStream) = request.body, let pipe = transfer.upload {
            let pump = UploadPump(transfer: transfer, pipe: pipe, length: length)
            let answer = await withTaskGroup(of: Void.self) { group in
                group.addTask { await pump.run(makeStream()) }
                let answer = await transfer.answer()
                await pipe.ended()
                group.cancelAll()
                return answer
            }
            // The server may have answered before the stream failed, or before it could not be sent.
            if let failure = transfer.failure {
                guard failure.code != .requestBody, case .success(let (head, _)) = answer, head.status >= 400 else {
                    throw failure
                }
            }
            return try response(of: transfer, answer)
        }
        let answer = await transfer.answer()
        // libcurl repeats it by itself if it noticed while it waited for the answer, but not while it was sending.
        if case .failure(let error) = answer, error.keptConnectionWasDead {
            let repetition = Transfer(repeating: transfer)
            return try response(of: repetition, await repetition.answer())
        }
        return try response(of: transfer, answer)
    }

    private func response(of transfer: Transfer, _ answer: Transfer.Answer) throws(HTTPError) -> HTTPResponse {
        let (head, metrics) = try answer.get()
        return HTTPResponse(
            status: head.status, headers: head.headers,
            body: HTTPResponseBody(
                transfer: transfer,
                expectedLength: transfer.request.method == "HEAD" ? nil : head.contentLength),
            metrics: metrics)
    }

    /// Ends all requests under way with an error and waits until the thread has ended. May be called more than once;
    /// later requests fail.
    public func shutdown() async {
        await loop.stop()
    }
}
