/// No token at all.
public struct NoToken: TokenSource {
    /// What stands in for a token, for messages.
    public let description: String

    /// Makes a source without a token.
    ///
    /// - Parameter description: What stands in for it.
    public init(description: String = "the client certificate") { self.description = description }

    /// Nil.
    public func token() async throws(ClientError) -> String? { nil }
}
