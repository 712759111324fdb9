internal import CacheCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a token script prints.
struct TokenScriptOutput: Decodable {
    private var token: String
    private var expiresAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case token
        case expiresAt = "expires_at"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        token = try container.decode(String.self, forKey: .token)
        guard container.contains(.expiresAt), try !container.decodeNil(forKey: .expiresAt) else { return }
        if let seconds = try? container.decode(Double.self, forKey: .expiresAt), abs(seconds) < 1e12 {
            expiresAt = Timestamp(seconds: Int64(seconds))
            return
        }
        let text = try container.decode(String.self, forKey: .expiresAt)
        guard let instant = text.isEmpty ? Timestamp?.none : Timestamp(rfc3339: text) else {
            if text.isEmpty { return }
            throw DecodingError.dataCorruptedError(
                forKey: .expiresAt, in: container, debugDescription: "it is no time such as 2026-01-31T23:59:59Z")
        }
        expiresAt = instant
    }

    /// Reads the output; it is never shown, since it may hold the token.
    static func parse(_ output: [UInt8], from description: String) throws(ClientError) -> ExpiringToken.Answer {
        let answer: TokenScriptOutput
        do {
            answer = try JSONDecoder().decode(TokenScriptOutput.self, from: Data(output))
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw ClientError(
                .credentials,
                "The token script \(description) printed an expires_at that cannot be used: \(context.debugDescription)."
            )
        } catch {
            throw ClientError(
                .credentials,
                "The token script \(description) printed something other than "
                    + #"{"token":"…","expires_at":"…"}: make it print that alone, as JSON."#)
        }
        return ExpiringToken.Answer(
            token: try TokenText.check(answer.token, from: description), expiresAt: answer.expiresAt)
    }
}
