/// Where the API token comes from.
public protocol TokenSource: Sendable, CustomStringConvertible {
    /// The token to send with the next request.
    ///
    /// - Returns: The token; nil when requests carry none, because a client certificate stands in for it.
    /// - Throws: ``ClientError`` with the code `credentials` when there should be one, but it cannot be had.
    func token() async throws(ClientError) -> String?

    /// A token to send again with, after the server refused one with 401: it may have been replaced meanwhile.
    ///
    /// - Parameter refused: The token that was refused.
    /// - Returns: The token as it is now; nil where there can be no other.
    /// - Throws: ``ClientError`` with the code `credentials` when it cannot be had any more.
    func token(insteadOf refused: String) async throws(ClientError) -> String?
}

extension TokenSource {
    /// Nil: the token never changes.
    public func token(insteadOf refused: String) async throws(ClientError) -> String? { nil }
}
