/// Where the API token comes from.
public protocol TokenSource: Sendable, CustomStringConvertible {
    /// The token to send with the next request.
    ///
    /// - Returns: The token; nil when requests carry none, because a client certificate stands in for it.
    /// - Throws: ``ClientError`` with the code `credentials` when there should be one, but it cannot be had.
    func token() async throws(ClientError) -> String?
}

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

/// The rules that every token keeps, wherever it comes from.
enum TokenText {
    static let maximumLength = 64 << 10

    /// Takes the white space around a token away and checks what remains.
    static func check(_ text: String, from source: String) throws(ClientError) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        let bytes = text.utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }
        guard let end else {
            throw ClientError(.credentials, "The API token from \(source) is empty: write the server's token there.")
        }
        let token = bytes[...end]
        guard token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ClientError(
                .credentials,
                "The API token from \(source) holds spaces or other characters that no token has: it must be one line "
                    + "with the token alone.")
        }
        return String(decoding: token, as: UTF8.self)
    }
}
