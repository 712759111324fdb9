internal import CurlKit

/// Sends requests to one service, again where that may help, and reads their answers.
struct RequestSender: Sendable {
    private let http: HTTPClient
    private let retrier: Retrier
    private let onRetry: @Sendable (RequestRetry) -> Void

    /// Makes a sender; everything that goes to one service shares one.
    ///
    /// - Parameters:
    ///   - http: What sends the requests.
    ///   - policy: When a request is sent again.
    ///   - onRetry: Is told when one is.
    init(http: HTTPClient, policy: RetryPolicy, onRetry: @escaping @Sendable (RequestRetry) -> Void) {
        self.http = http
        retrier = Retrier(policy: policy)
        self.onRetry = onRetry
    }

    /// Sends a request until it has an answer that stays, or the policy gives up.
    ///
    /// - Parameters:
    ///   - request: The request, whose body is in memory.
    ///   - responseLimit: The largest answer in bytes.
    /// - Returns: The last answer, whatever its status.
    /// - Throws: ``ClientError`` with the code `unreachable` when there was none, or `cancelled`.
    func send(_ request: HTTPRequest, responseLimit: Int) async throws(ClientError) -> Reply {
        var problem = ""
        let result: Result<Reply, HTTPError> = await retrier.run { number in
            if number > 0 { onRetry(RequestRetry(reason: problem, attempt: number + 1)) }
            do throws(HTTPError) {
                let response = try await http.execute(request)
                let body = try await response.body.collect(upTo: responseLimit)
                let reply = Reply(status: response.status, headers: response.headers, body: body)
                problem =
                    "\(request.method) was answered with \(reply.status)\(reply.text.isEmpty ? "" : ": \(reply.text)")"
                return (
                    .success(reply), AttemptOutcome(status: reply.status, headers: reply.headers, body: reply.body)
                )
            } catch {
                problem = error.message
                return (.failure(error), AttemptOutcome(error))
            }
        }
        guard !Task.isCancelled else { throw .cancelled }
        do throws(HTTPError) {
            return try result.get()
        } catch {
            throw ClientError(error.code == .cancelled ? .cancelled : .unreachable, error.message, cause: error)
        }
    }
}
