import CurlKit
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What was put right after refusals of one request; each thing once, so that two parties who disagree do not go on
/// for ever.
struct S3Corrections {
    private var hasMoved = false
    private var hasSetClock = false
    private var hasRenewedCredentials = false

    /// How far the clocks may be apart before the difference counts, in seconds. Services refuse more than 900.
    private static let skew = 300.0

    private static let staleCredentials: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId",
    ]

    /// Puts right what an answer says was wrong.
    ///
    /// - Returns: whether another try makes sense now.
    mutating func apply(
        to client: S3Client, after error: S3Error, reply: S3ErrorReply?, response: HTTPResponse, request: S3Request,
        sent route: S3Client.Route, credentials: S3Credentials
    ) -> Bool {
        guard let status = error.status, (300..<500).contains(status) else { return false }
        if !hasMoved, let region = response.headers["x-amz-bucket-region"] ?? reply?.region, region != route.region,
            Self.isRegion(region), [301, 307, 400, 403].contains(status)
        {
            hasMoved = true
            client.route.withLock { route in
                route.region = region
                route.endpoint = route.endpoint.moved(to: region)
            }
            return true
        }
        if !hasSetClock, status == 403, request.validity == nil, error.code == "RequestTimeTooSkewed" || reply == nil,
            let date = response.headers["Date"].flatMap(S3Timestamp.parse(http:))
        {
            let offset = date.timeIntervalSince(client.now())
            if abs(offset - route.clockOffset) > Self.skew {
                hasSetClock = true
                client.route.withLock { $0.clockOffset = offset }
                return true
            }
        }
        let isStale =
            Self.staleCredentials.contains(error.code.rawValue)
            || (reply == nil && status == 400 && credentials.sessionToken != nil)
        if !hasRenewedCredentials, isStale {
            hasRenewedCredentials = true
            client.credentials.forget(credentials)
            return true
        }
        return false
    }

    /// Whether a text can be a region's name. It goes into a host's name, so that a reply must not choose it freely.
    private static func isRegion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
