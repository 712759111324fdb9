/// What a request asks of an S3 service whose buckets are named in the path.
public enum S3Operation: Hashable, Sendable, CaseIterable {
    case getObject, headObject, putObject, deleteObject, deleteObjects
    case createMultipartUpload, uploadPart, completeMultipartUpload, abortMultipartUpload, listParts
    case listObjects, listMultipartUploads, headBucket, other
}

extension ProxiedRequest {
    /// The operation, as its method and the names in its query tell.
    public var operation: S3Operation {
        let query = query
        let isUpload = query["uploadId"] != nil
        let isBucket = path.split(separator: "/").count < 2
        return switch (method, isBucket) {
        case ("GET", true): query["uploads"] != nil ? .listMultipartUploads : .listObjects
        case ("HEAD", true): .headBucket
        case ("POST", true): query["delete"] != nil ? .deleteObjects : .other
        case ("GET", false): isUpload ? .listParts : .getObject
        case ("HEAD", false): .headObject
        case ("PUT", false): isUpload ? .uploadPart : .putObject
        case ("DELETE", false): isUpload ? .abortMultipartUpload : .deleteObject
        case ("POST", false): isUpload ? .completeMultipartUpload : .createMultipartUpload
        default: .other
        }
    }
}
