/// An HTTP client that tries failed requests again.
public struct RetryingClient: Sendable {
    /// How much of a refusal's body is kept, in bytes.
    private static let maximumRefusal = 64 * 1024

    /// What sends the requests.
    public let client: HTTPClient

    /// What decides about further attempts.
    public let retrier: Retrier

    /// Makes a client that tries again.
    ///
    /// - Parameters:
    ///   - client: what sends the requests.
    ///   - retrier: what decides about further attempts; shared by all that goes to one service.
    public init(client: HTTPClient, retrier: Retrier) {
        self.client = client
        self.retrier = retrier
    }

    /// Sends a request, several times if need be. A streamed body is made anew for each.
    ///
    /// - Parameter request: what to send.
    /// - Returns: the last response. Its status may be one that was tried again in vain; its body is in memory then.
    /// - Throws: ``HTTPError`` when the last attempt had no response.
    public func execute(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await execute { (_) throws(HTTPError) in request }
    }

    /// Sends a request that is made anew for each attempt: because its signature gets old, or for a lease.
    ///
    /// - Parameter makeRequest: makes the request for an attempt, given its number from 0. An error from it ends it all.
    /// - Returns: the last response. Its status may be one that was tried again in vain; its body is in memory then.
    /// - Throws: ``HTTPError`` when the last attempt had no response.
    public func execute(
        _ makeRequest: (_ attempt: Int) async throws(HTTPError) -> HTTPRequest
    ) async throws(HTTPError) -> HTTPResponse {
        let result: Result<HTTPResponse, HTTPError> = await retrier.run { number in
            let request: HTTPRequest
            do throws(HTTPError) {
                request = try await makeRequest(number)
            } catch {
                return (.failure(error), .failed)
            }
            do throws(HTTPError) {
                var response = try await client.execute(request)
                guard RetryPolicy.retryableStatuses.contains(response.status) else {
                    return (.success(response), .settled)
                }
                let body = try await response.body.collect(upTo: Self.maximumRefusal)
                response.body = HTTPResponseBody(bytes: body)
                let outcome = AttemptOutcome(status: response.status, headers: response.headers, body: body)
                return (.success(response), outcome)
            } catch {
                return (.failure(error), AttemptOutcome(error))
            }
        }
        return try result.get()
    }
}
