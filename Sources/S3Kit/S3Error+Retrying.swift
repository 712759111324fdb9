import CurlKit

extension S3Error {
    private static let transientCodes: Set<String> = [
        "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted", "IDPCommunicationError",
        "ServerBusy",
    ]

    /// Whether the service asks for fewer requests. One that hands out credentials may too, which says nothing about
    /// the one that keeps objects.
    public var isThrottling: Bool {
        guard code != .badCredentials else { return false }
        return status == 429 || Throttling.codes.contains(code.rawValue)
    }

    /// Whether the request may have reached the service and may have an effect, now or later, although it failed.
    ///
    /// Not when no connection was made, and not when the service refused it or asked for fewer requests.
    public var mayTakeEffect: Bool {
        if code == .connection, let error = cause as? HTTPError {
            return ![.resolve, .connect, .tls, .invalidRequest].contains(error.code)
        }
        if code == .cancelled || code == .malformedReply { return true }
        guard let status else { return false }
        return status >= 500 && !isThrottling
    }

    /// Whether the same request may well succeed a little later.
    public var isRetryable: Bool {
        if let error = cause as? HTTPError, code == .connection { return error.isRetryable }
        if isThrottling || Self.transientCodes.contains(code.rawValue) { return true }
        // A proxy in between answers in its own words; what it means is in the status.
        return status.map(RetryPolicy.retryableStatuses.contains) ?? false
    }
}
