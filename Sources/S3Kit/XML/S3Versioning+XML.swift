extension S3Versioning {
    /// Reads `VersioningConfiguration`, which is empty where versioning was never on.
    ///
    /// Source: Amazon S3 API reference, "GetBucketVersioning".
    init(parsing bytes: [UInt8]) throws(XMLError) {
        let states = try XMLReader.read(bytes, root: "VersioningConfiguration") { (reader) throws(XMLError) in
            try reader.texts(named: "Status")
        }
        switch states.first {
        case nil, "": self = .off
        case "Enabled": self = .enabled
        case "Suspended": self = .suspended
        case .some: throw XMLError(reason: "the status of versioning is an unknown one", offset: 0)
        }
    }
}
