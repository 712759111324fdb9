public import CacheCore

/// A token that is made just now.
public struct NewToken: Sendable {
    /// The token, to be shown once.
    public let token: String
    /// What is kept of it.
    public let record: TokenRecord

    /// Makes a token of 256 random bits. Its beginning lets scanners for leaked secrets know it.
    ///
    /// - Parameters:
    ///   - name: what the log calls its bearer.
    ///   - scopes: `read`, `write`, `admin`.
    ///   - now: the time.
    ///   - lifetime: for how long it counts; nil for ever.
    /// - Throws: ``ConfigurationError`` for scopes that there are not, and for a lifetime that is over already.
    public init(
        name: String, scopes: [String], now: Timestamp, lifetime: Duration?
    ) throws(ConfigurationError) {
        _ = try Scopes(named: scopes, in: "--scope")
        if let lifetime, lifetime <= .zero {
            throw ConfigurationError("--expires-in: give a duration above zero, as 90d")
        }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        token = "niks3_" + Base64URL.encode(bytes)
        record = TokenRecord(
            name: name, sha256: TokenDigest(of: token).hex, scopes: scopes, createdAt: now,
            expiresAt: lifetime.map { now + $0 })
    }
}
