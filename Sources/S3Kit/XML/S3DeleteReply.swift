/// What became of the objects of a batch delete.
struct S3DeleteReply: Hashable {
    struct Failure: Hashable {
        var key = ""
        var code = ""
        var message = ""
    }

    /// The keys that are gone, whether or not they were there.
    var deleted: [String] = []

    /// The keys that may still be there.
    var failures: [Failure] = []

    /// Reads `DeleteResult`.
    ///
    /// Source: Amazon S3 API reference, "DeleteObjects".
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var deleted: [String] = []
        var failures: [Failure] = []
        try XMLReader.read(bytes, root: "DeleteResult") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                switch name {
                case "Deleted": deleted += try reader.texts(named: "Key")
                case "Error": failures.append(try Failure(reading: &reader))
                default: break
                }
            }
        }
        self.deleted = deleted
        self.failures = failures
    }
}

extension S3DeleteReply.Failure {
    fileprivate init(reading reader: inout XMLReader) throws(XMLError) {
        var failure = Self()
        try reader.eachChild { (name, reader) throws(XMLError) in
            switch name {
            case "Key": failure.key = try reader.text()
            case "Code": failure.code = try reader.text()
            case "Message": failure.message = try reader.text()
            default: break
            }
        }
        self = failure
    }
}
