internal import CacheCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a token says about itself; the server is who checks it.
struct TokenClaims: Decodable, Equatable {
    /// For whom it is.
    var audiences: [String] = []
    /// Until when it is valid.
    var expiresAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case aud, exp
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let audience = try? container.decode(String.self, forKey: .aud) {
            audiences = [audience]
        } else {
            audiences = try container.decodeIfPresent([String].self, forKey: .aud) ?? []
        }
        if let seconds = try container.decodeIfPresent(Double.self, forKey: .exp), abs(seconds) < 1e12 {
            expiresAt = Timestamp(seconds: Int64(seconds))
        }
    }

    /// Reads the second part of a token (RFC 7519).
    ///
    /// - Returns: The claims; nil for a text that is no JSON Web Token.
    static func read(_ token: String) -> TokenClaims? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        guard let payload = Data(base64Encoded: String(text)) else { return nil }
        return try? JSONDecoder().decode(TokenClaims.self, from: payload)
    }
}
