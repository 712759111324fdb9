/// How one attempt at something ended, as far as trying again is concerned.
public enum AttemptOutcome: Hashable, Sendable {
    /// It worked, or it failed for a reason that stays: either way the service answers.
    case settled

    /// No answer, such as a lost connection; another attempt may get one.
    case unanswered

    /// The service cannot do it at the moment.
    ///
    /// - Parameters:
    ///   - status: the status of its answer.
    ///   - retryAfter: how long it asks to be left alone.
    case unavailable(status: Int, retryAfter: Duration?)

    /// The service wants fewer requests.
    ///
    /// - Parameter retryAfter: how long it asks to be left alone.
    case throttled(retryAfter: Duration?)

    /// It failed on our side, for a reason that stays.
    case failed

    /// What an answer to an HTTP request means.
    ///
    /// - Parameters:
    ///   - status: the status of the response.
    ///   - headers: its headers, for `Retry-After`.
    ///   - body: the beginning of its body, for the error code of S3.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        guard RetryPolicy.retryableStatuses.contains(status) else {
            self = .settled
            return
        }
        let retryAfter = headers["retry-after"].flatMap { RetryAfter.parse($0) }
        let isThrottle = status == 429 || (status == 503 && Throttling.isNamed(in: body))
        self =
            isThrottle
            ? .throttled(retryAfter: retryAfter) : .unavailable(status: status, retryAfter: retryAfter)
    }

    /// What an error of the HTTP client means.
    ///
    /// - Parameter error: why there is no response.
    public init(_ error: HTTPError) {
        self = error.isRetryable ? .unanswered : .failed
    }
}
