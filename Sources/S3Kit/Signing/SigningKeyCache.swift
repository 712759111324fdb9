import Crypto
import Synchronization

/// The signing key of the day that was asked for last, as deriving one takes four times what a signature takes; and what
/// the URLs that were made last have in common.
final class SigningKeyCache: Sendable {
    private let secretAccessKey: String
    private let region: String
    private let service: String
    private let last = Mutex<(day: String, key: SymmetricKey)?>(nil)
    private let lastPrefix = Mutex<PresignedPrefix?>(nil)

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
    ///   - make: makes the prefix where another one was asked for last.
    func prefix(seconds: Int64, lifetime: Int64, make: (SigningKeyCache) -> PresignedPrefix) -> PresignedPrefix {
        let known = lastPrefix.withLock { $0 }
        if let known, known.seconds == seconds, known.lifetime == lifetime { return known }
        let prefix = make(self)
        lastPrefix.withLock { $0 = prefix }
        return prefix
    }
}
