import Crypto
import Synchronization

/// The signing key of the day that was asked for last: deriving one takes four times what a signature takes.
final class SigningKeyCache: Sendable {
    private let secretAccessKey: String
    private let region: String
    private let service: String
    private let last = Mutex<(day: String, key: SymmetricKey)?>(nil)

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
}
