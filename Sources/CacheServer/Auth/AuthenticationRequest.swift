public import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a request shows of who makes it.
public struct AuthenticationRequest: Sendable {
    /// The longest token that is looked at, in bytes.
    public static let maximumTokenLength = 16 << 10

    /// The request.
    public let head: HTTPRequest
    /// The token that it bears; nil without one, and for one that is too long.
    public let token: String?
    /// Whether it bears any credential in its field Authorization.
    public let bearsAuthorization: Bool
    /// The connection, which may have shown a certificate.
    let channel: (any Channel)?

    /// - Parameters:
    ///   - head: the request.
    ///   - takesBasic: whether the password of basic authentication counts as the token, as readers with a netrc file
    ///     send it. Browsers repeat it without being asked, so it never counts where something can be changed.
    public init(_ head: HTTPRequest, takesBasic: Bool = false) {
        self.init(head, channel: nil, takesBasic: takesBasic)
    }

    init(_ head: HTTPRequest, channel: (any Channel)?, takesBasic: Bool) {
        self.head = head
        self.channel = channel
        let fields = head.headerFields[values: .authorization]
        bearsAuthorization = !fields.isEmpty
        // Of several nobody knows which one a proxy has looked at.
        guard fields.count == 1, let field = fields.first, field.utf8.count <= Self.maximumTokenLength else {
            token = nil
            return
        }
        if field.hasPrefix("Bearer ") {
            token = String(field.dropFirst("Bearer ".count))
        } else if takesBasic, field.lowercased().hasPrefix("basic ") {
            token = Self.password(field.dropFirst("Basic ".count))
        } else {
            token = nil
        }
    }

    /// The password of `user:password` in base 64 (RFC 7617). The user's name does not matter.
    private static func password(_ text: Substring) -> String? {
        guard let data = Data(base64Encoded: String(text)),
            let pair = String(validating: data, as: UTF8.self), let colon = pair.firstIndex(of: ":")
        else { return nil }
        return String(pair[pair.index(after: colon)...])
    }
}
