/// The one value that matters in the answer to an operation which creates something.
enum S3ResultReply {
    /// Reads the identifier out of `InitiateMultipartUploadResult`.
    ///
    /// Source: Amazon S3 API reference, "CreateMultipartUpload".
    static func uploadID(parsing bytes: [UInt8]) throws(XMLError) -> String {
        let texts = try XMLReader.read(bytes, root: "InitiateMultipartUploadResult") { (reader) throws(XMLError) in
            try reader.texts(named: "UploadId")
        }
        guard let uploadID = texts.first, !uploadID.isEmpty else {
            throw XMLError(reason: "the new upload has no identifier", offset: bytes.count)
        }
        return uploadID
    }

    /// Reads the entity tag out of `CompleteMultipartUploadResult`. Some services leave it empty.
    ///
    /// Source: Amazon S3 API reference, "CompleteMultipartUpload".
    static func completedETag(parsing bytes: [UInt8]) throws(XMLError) -> String {
        try etag(parsing: bytes, root: "CompleteMultipartUploadResult")
    }

    /// Reads the entity tag out of `CopyObjectResult`.
    ///
    /// Source: Amazon S3 API reference, "CopyObject".
    static func copiedETag(parsing bytes: [UInt8]) throws(XMLError) -> String {
        try etag(parsing: bytes, root: "CopyObjectResult")
    }

    private static func etag(parsing bytes: [UInt8], root: String) throws(XMLError) -> String {
        let texts = try XMLReader.read(bytes, root: root) { (reader) throws(XMLError) in
            try reader.texts(named: "ETag")
        }
        return S3ETag.unquoted(texts.first ?? "")
    }
}
