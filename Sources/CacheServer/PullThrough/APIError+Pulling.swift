import HTTPTypes

extension APIError {
    /// Readers may ask again; nothing is known.
    static let upstreamFailed = {
        var error = APIError(.badGateway, code: "upstream", "an upstream cache does not answer; try again")
        error.headers[.xCacheStatus] = CacheStatus.miss.rawValue
        return error
    }()

    /// What is not there.
    static func notFound(_ status: CacheStatus?) -> APIError {
        var error = APIError.notFound
        if let status { error.headers[.xCacheStatus] = status.rawValue }
        return error
    }
}
