import Crypto
import Synchronization

/// The signing key of the day that was asked for last, as deriving one takes four times what a signature takes; and what
/// the URLs that were made last have in common.
final class SigningKeyCache: Sendable {
    private let secretAccessKey: String
    private let region: String
    private let service: String
    private let last = Mutex<(day: String, key: SymmetricKey)?>(nil)
    /// The latest first. Not one alone: what is asked for at the same time can be dated differently.
    private let lastPrefixes = Mutex<[PresignedPrefix]>([])
    private static let prefixLimit = 4

    init(secretAccessKey: String, region: String, service: String) {
        self.secretAccessKey = secretAccessKey
        self.region = region
        self.service = service
    }

    /// - Parameter day: `yyyyMMdd`.
    func key(for day: String) -> SymmetricKey {
        if let known = last.withLock({ $0 }), known.day == day { return known.key }
        var key = SymmetricKey(data: Array("AWS4\(secretAccessKey)".utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        last.withLock { $0 = (day, key) }
        return key
    }

    /// - Parameters:
    ///   - seconds: the date, since 1970.
    ///   - lifetime: in seconds.
    ///   - make: makes the prefix where none like it was asked for lately.
    func prefix(seconds: Int64, lifetime: Int64, make: (SigningKeyCache) -> PresignedPrefix) -> PresignedPrefix {
        let known = lastPrefixes.withLock { prefixes in
            prefixes.first { $0.seconds == seconds && $0.lifetime == lifetime }
        }
        if let known { return known }
        let prefix = make(self)
        lastPrefixes.withLock { prefixes in
            prefixes.insert(prefix, at: 0)
            if prefixes.count > Self.prefixLimit { prefixes.removeLast() }
        }
        return prefix
    }
}
