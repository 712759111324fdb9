import CacheCore

/// Why a PUT is refused, as S3 says it.
struct StoreFailure: Error {
    let status: Int
    let code: String
    let message: String

    static let incompleteBody = StoreFailure(
        status: 400, code: "IncompleteBody",
        message: "The body ended before or after the length that Content-Length tells: send it again.")

    static func tooLarge(limit: Int64) -> StoreFailure {
        StoreFailure(
            status: 413, code: "EntityTooLarge",
            message: "The body is larger than the \(limit) bytes that were granted.")
    }

    init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ error: ObjectStoreError) {
        let (status, code) =
            switch error.code {
            case .unavailable: (503, "ServiceUnavailable")
            case .throttled: (503, "SlowDown")
            case .noSuchUpload: (404, "NoSuchUpload")
            case .invalidPart: (400, "InvalidPart")
            case .tooLarge: (413, "EntityTooLarge")
            case .insufficientStorage: (507, "InsufficientStorage")
            case .expired: (403, "AccessDenied")
            case .denied, .other: (500, "InternalError")
            }
        self.init(status: status, code: code, message: error.message)
    }

    var response: StoreResponse {
        let xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>\(Self.escaped(message))</Message></Error>
            """
        var headers = [(name: "Content-Type", value: "application/xml")]
        if status == 405 { headers.append((name: "Allow", value: "PUT")) }
        return StoreResponse(status: status, headers: headers, body: Array(xml.utf8))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\u{20}"..., "\n": escaped.unicodeScalars.append(scalar)
            // XML has no way to write other control characters.
            default: escaped += "?"
            }
        }
        return escaped
    }
}
