/// A token that is known from the start.
public struct FixedToken: TokenSource {
    private let value: String
    /// Where the token was given, for messages: `--auth-token`.
    public let description: String

    /// Makes a source of one token.
    ///
    /// - Parameters:
    ///   - token: The token; white space around it is ignored.
    ///   - description: Where it was given.
    /// - Throws: ``ClientError`` with the code `credentials` when it is empty or cannot stand in a header.
    public init(_ token: String, description: String) throws(ClientError) {
        value = try TokenText.check(token, from: description)
        self.description = description
    }

    /// The token.
    public func token() async throws(ClientError) -> String? { value }
}
