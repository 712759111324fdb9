import CacheCore
import S3Kit

extension ObjectStoreError {
    /// Turns an error of the service into a sentence that names the request, the bucket, and what to do.
    ///
    /// - Parameters:
    ///   - error: why the request failed.
    ///   - place: the bucket and where it is.
    init(_ error: S3Error, place: String) {
        let code = Self.code(of: error)
        // What the HTTP client says of a lost connection ends with what to do about it.
        let advice = error.code == .connection ? "" : ": \(Self.advice(code, error.code))"
        self.init(code, "\(error), in \(place)\(advice).")
    }

    /// Codes of services whose status does not say enough.
    private static let codes: [S3Error.Code: Code] = [
        .tooLate: .expired,
        .noSuchUpload: .noSuchUpload,
        .invalidPart: .invalidPart,
        "InvalidPartOrder": .invalidPart,
        "InvalidPartNumber": .invalidPart,
        "EntityTooSmall": .invalidPart,
        "EntityTooLarge": .tooLarge,
        "QuotaExceeded": .insufficientStorage,
        "InsufficientCapacity": .insufficientStorage,
        "InsufficientStorage": .insufficientStorage,
        "NotEnoughSpace": .insufficientStorage,
        "StorageFull": .insufficientStorage,
        "XMinioStorageFull": .insufficientStorage,
        "XMinioAdminBucketQuotaExceeded": .insufficientStorage,
        "RequestTimeTooSkewed": .denied,
        .noCredentials: .denied,
        .cancelled: .unavailable,
    ]

    private static func code(of error: S3Error) -> Code {
        if error.isThrottling { return .throttled }
        if let code = codes[error.code] { return code }
        switch error.status {
        case 507: return .insufficientStorage
        case 413: return .tooLarge
        default: break
        }
        if error.isRetryable { return .unavailable }
        if error.status == 401 || error.status == 403 || error.code == .badCredentials { return .denied }
        return .other
    }

    private static func advice(_ code: Code, _ reason: S3Error.Code) -> String {
        switch code {
        case .throttled: "it asks for fewer requests, try again a little later"
        case .unavailable: "try again, and look at the service if that goes on"
        case .noSuchUpload: "begin a new multipart upload"
        case .invalidPart: "upload the parts again"
        case .tooLarge: "S3 takes at most 5 GiB at once and 10,000 parts, use larger parts"
        case .insufficientStorage: "free space there or raise the quota"
        case .expired: "renew the request"
        case .denied: denial(reason)
        case .other:
            switch reason {
            case .noSuchBucket: "create the bucket, or correct its name"
            case .invalidArgument: "use another key"
            case .malformedReply: "check that nothing in between changes answers"
            default: "look the code up in the service's documentation"
            }
        }
    }

    private static func denial(_ reason: S3Error.Code) -> String {
        switch reason {
        case "SignatureDoesNotMatch":
            "check the secret key, the region, and that no proxy in between changes requests"
        case "InvalidAccessKeyId", .noCredentials, .badCredentials:
            "check the access key, or the source that credentials come from"
        case "RequestTimeTooSkewed":
            "set the clocks of this machine and of the service"
        default:
            "check that its policy lets our access key list the bucket and get, put and delete objects"
        }
    }
}
