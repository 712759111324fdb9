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

    /// Whether the same request may well succeed a little later.
    public var isRetryable: Bool {
        if let error = cause as? HTTPError, code == .connection { return error.isRetryable }
        if isThrottling || Self.transientCodes.contains(code.rawValue) { return true }
        // A proxy in between answers in its own words; what it means is in the status.
        return status.map(RetryPolicy.retryableStatuses.contains) ?? false
    }
}
