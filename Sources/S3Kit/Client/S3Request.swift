import CurlKit

/// A request that is not signed yet.
struct S3Request: Sendable {
    var method: String
    /// Empty for the bucket itself.
    var key: String
    /// Not encoded.
    var query: [(String, String)] = []
    /// All of them are signed.
    var headers: [(String, String)] = []
    var body: HTTPRequestBody = .none
    var payload = S3PayloadHash.empty
    var validity: S3Validity?
    /// For how long no byte may move; some requests make the service work before it answers.
    var stallTimeout = Duration.seconds(30)
    /// For how long it may take in all; `nil` for any time.
    var totalTimeout: Duration?

    /// What errors call the request.
    func operation(in bucket: String) -> String {
        let names = query.map(\.0).filter { ["uploads", "uploadId", "delete", "list-type", "versioning"].contains($0) }
        let action = names.isEmpty ? "" : "?\(names.joined(separator: "&"))"
        return "\(method) \(key.isEmpty ? "bucket \(bucket)" : key)\(action)"
    }
}
