import HTTPTypes

/// Where an answer comes from, for readers of a cache that is filled from others.
enum CacheStatus: String, Sendable {
    /// From this cache.
    case hit = "HIT"
    /// From an upstream, which was asked for it.
    case miss = "MISS"
    /// It is remembered that no upstream has it.
    case negative = "NEGATIVE"
}

extension HTTPField.Name {
    /// Says where an answer comes from.
    static let xCacheStatus: Self = {
        guard let name = Self("X-Cache-Status") else { preconditionFailure("this is a name") }
        return name
    }()

    /// Which caches a request has come through (RFC 8586).
    static let cdnLoop: Self = {
        guard let name = Self("CDN-Loop") else { preconditionFailure("this is a name") }
        return name
    }()
}
