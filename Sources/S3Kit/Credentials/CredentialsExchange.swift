import CurlKit

/// Asks a service that hands out credentials, a few times if need be.
struct CredentialsExchange {
    /// The largest answer taken, in bytes.
    static let maximumReply = 256 << 10
    static let attempts = 3

    let http: HTTPClient
    /// What errors say was being done.
    let operation: String

    /// Sends a request until it is answered for good.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - isTransient: whether a status and body ask for another try.
    /// - Returns: the status and the body of the last answer.
    func send(
        _ request: HTTPRequest,
        isTransient: (Int, [UInt8]) -> Bool = { status, _ in status >= 500 || status == 429 }
    ) async throws(S3Error) -> (status: Int, body: [UInt8]) {
        var attempt = 1
        while true {
            do {
                let response = try await http.execute(request)
                let body = try await response.body.collect(upTo: Self.maximumReply)
                if attempt == Self.attempts || !isTransient(response.status, body) {
                    return (response.status, body)
                }
            } catch {
                if error.code == .cancelled {
                    throw S3Error(.cancelled, operation: operation, message: "the task was cancelled", cause: error)
                }
                if attempt == Self.attempts || !error.isRetryable {
                    throw S3Error(.connection, operation: operation, message: error.message, cause: error)
                }
            }
            do {
                try await Task.sleep(for: .milliseconds(100 << attempt) * Double.random(in: 0.75...1))
            } catch {
                throw S3Error(.cancelled, operation: operation, message: "the task was cancelled", cause: error)
            }
            attempt += 1
        }
    }
}
