import CacheCore
import S3Kit

/// A PUT whose signature is ours and still good.
struct PutRequest: Sendable {
    /// Where a body goes.
    enum Target: Sendable {
        case object
        case part(Int, uploadID: String)
    }

    let key: String
    let target: Target

    /// The last instant at which the URL could be used.
    let expiry: Timestamp

    /// The largest body in bytes, if the URL says so.
    let maximumSize: Int64?

    let contentType: String?
    let contentEncoding: String?

    /// The longest header value that is kept, in bytes.
    private static let maximumHeaderLength = 255

    /// How much later than now a URL may be dated.
    private static let skew = Duration.seconds(15)

    init(_ request: StoreRequest, signer: SigV4, now: Timestamp) throws(StoreFailure) {
        guard request.method == "PUT" else {
            throw StoreFailure(
                status: 405, code: "MethodNotAllowed", message: "Only PUT is allowed here: read the object's own URL.")
        }
        let verification = signer.verifyPresigned(
            method: request.method, hostHeader: request.host, encodedPath: request.path, query: request.query,
            now: now.date, skew: Self.skew)
        guard case .valid(let signedAt, let lifetime, let parameters) = verification else {
            throw Self.refusal(verification)
        }
        guard request.path.hasPrefix(DirectoryStore.pathPrefix),
            let key = S3PercentEncoding.decode(request.path.dropFirst(DirectoryStore.pathPrefix.count))
        else { throw Self.invalid("The path is not that of an object.") }
        self.key = key
        self.expiry = Timestamp(signedAt) + lifetime
        self.target = try Self.target(parameters)
        self.maximumSize = try Self.number(parameters[DirectoryStore.Parameter.maximumSize])
        self.contentType = try Self.header(request.contentType, name: "Content-Type")
        self.contentEncoding = try Self.header(request.contentEncoding, name: "Content-Encoding")
        if let contentEncoding, contentEncoding.lowercased().contains("aws-chunked") {
            throw StoreFailure(
                status: 501, code: "NotImplemented", message: "aws-chunked is not taken here: send the plain body.")
        }
    }

    private static func refusal(_ verification: PresignedVerification) -> StoreFailure {
        switch verification {
        case .valid, .badSignature:
            StoreFailure(
                status: 403, code: "SignatureDoesNotMatch",
                message: "The signature is not that of this request: use the URL unchanged, with its own host.")
        case .malformed(let reason):
            StoreFailure(
                status: 400, code: "AuthorizationQueryParametersError", message: "This is no presigned URL: \(reason).")
        case .expired:
            StoreFailure(
                status: 403, code: "AccessDenied", message: "Request has expired: ask the server for a new URL.")
        case .notYetValid:
            StoreFailure(
                status: 403, code: "AccessDenied", message: "Request is not valid yet: check the clock of the server.")
        }
    }

    private static func target(_ parameters: [String: String]) throws(StoreFailure) -> Target {
        let uploadID = parameters[DirectoryStore.Parameter.uploadID]
        let partNumber = try number(parameters[DirectoryStore.Parameter.partNumber])
        switch (uploadID, partNumber) {
        case (nil, nil):
            return .object
        case (let uploadID?, let number?) where StoredPart.numbers.contains(Int(clamping: number)):
            return .part(Int(clamping: number), uploadID: uploadID)
        default:
            throw invalid("A part is named by uploadId and a partNumber from 1 to 10000.")
        }
    }

    private static func number(_ text: String?) throws(StoreFailure) -> Int64? {
        guard let text else { return nil }
        guard let number = Int64(text), number >= 0 else { throw invalid("\(text) is no number.") }
        return number
    }

    private static func header(_ value: String?, name: String) throws(StoreFailure) -> String? {
        guard let value, !value.isEmpty else { return nil }
        guard value.utf8.count <= maximumHeaderLength, value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw invalid("\(name) is longer than \(maximumHeaderLength) bytes or not plain ASCII.")
        }
        return value
    }

    private static func invalid(_ message: String) -> StoreFailure {
        StoreFailure(status: 400, code: "InvalidArgument", message: message)
    }
}
