/// Where the API token comes from.
public protocol TokenSource: Sendable, CustomStringConvertible {
    /// The token to send with the next request.
    ///
    /// - Returns: The token; nil when requests carry none, because a client certificate stands in for it.
    /// - Throws: ``ClientError`` with the code `credentials` when there should be one, but it cannot be had.
    func token() async throws(ClientError) -> String?
}
