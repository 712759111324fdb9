/// How one try of a request went.
public struct S3Attempt: Hashable, Sendable {
    /// What S3 calls the request, as `GetObject`.
    public var operation: String
    /// 0 for the first try.
    public var number: Int
    /// The status of the answer; nil where there was none. A success counts as 200 whatever it was.
    public var status: Int?
    /// Whether the service wants fewer requests.
    public var isThrottled: Bool
    /// How long it took until the answer was there, of an object that is read only its head.
    public var duration: Duration

    /// Describes a try.
    public init(operation: String, number: Int, status: Int?, isThrottled: Bool, duration: Duration) {
        self.operation = operation
        self.number = number
        self.status = status
        self.isThrottled = isThrottled
        self.duration = duration
    }
}

extension S3Request {
    /// What S3 calls the request: one of a few names, whatever the key.
    var operationName: String {
        let parameters = Set(query.map(\.0))
        switch (method, key.isEmpty) {
        case ("HEAD", true): return "HeadBucket"
        case ("HEAD", false): return "HeadObject"
        case ("GET", true):
            if parameters.contains("uploads") { return "ListMultipartUploads" }
            return parameters.contains("versioning") ? "GetBucketVersioning" : "ListObjectsV2"
        case ("GET", false): return parameters.contains("uploadId") ? "ListParts" : "GetObject"
        case ("PUT", true): return "CreateBucket"
        case ("PUT", false): return parameters.contains("partNumber") ? "UploadPart" : "PutObject"
        case ("POST", true): return "DeleteObjects"
        case ("POST", false):
            return parameters.contains("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload"
        case ("DELETE", _): return parameters.contains("uploadId") ? "AbortMultipartUpload" : "DeleteObject"
        default: return "Other"
        }
    }
}
