import CacheCore
import HTTPTypes

extension APIError {
    /// What an error of the cache becomes.
    init(_ error: CacheError) {
        let isFault = error.code == .internal
        self.init(Self.status(of: error.code), code: error.code.rawValue, isFault ? Self.fault : error.message)
        missing = error.missing
        let usual: Duration? =
            switch error.code {
            case .busy: .seconds(30)
            case .throttled: .seconds(2)
            default: nil
            }
        if let delay = error.retryAfter ?? usual {
            // Rounded up, so that nobody comes back too early.
            let seconds = delay.components.seconds + (delay.components.attoseconds > 0 ? 1 : 0)
            headers[.retryAfter] = String(max(1, seconds))
        }
    }

    /// What an error of the object store becomes where a reader meets it.
    init(_ error: ObjectStoreError) {
        switch error.code {
        case .throttled: self.init(CacheError(.throttled, "the object store is busy; try again"))
        case .unavailable: self.init(CacheError(.unavailable, "the object store does not answer; try again"))
        default: self.init(CacheError(.internal, error.message))
        }
    }

    /// A fault of the server: its log has the cause, which is nobody else's business.
    static let fault = "internal error; the server's log says more"

    private static func status(of code: CacheError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidRequest: .badRequest
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .throttled: .tooManyRequests
        case .busy, .unavailable: .serviceUnavailable
        case .insufficientStorage: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .internal: .internalServerError
        }
    }
}
