extension S3ObjectPage {
    /// Reads `ListBucketResult`.
    ///
    /// Source: Amazon S3 API reference, "ListObjectsV2".
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var page = S3ObjectPage()
        var isTruncated = false
        var escaping = S3KeyEscaping()
        try XMLReader.read(bytes, root: "ListBucketResult") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                switch name {
                case "Contents": page.objects.append(try S3ListedObject(reading: &reader))
                case "CommonPrefixes": page.commonPrefixes += try reader.texts(named: "Prefix")
                case "NextContinuationToken": page.continuationToken = try reader.text()
                case "IsTruncated": isTruncated = try reader.boolean()
                case "EncodingType": escaping = S3KeyEscaping(try reader.text())
                default: break
                }
            }
        }
        for index in page.objects.indices {
            page.objects[index].key = try escaping.resolve(page.objects[index].key)
        }
        page.commonPrefixes = try page.commonPrefixes.map { (prefix) throws(XMLError) in try escaping.resolve(prefix) }
        if !isTruncated {
            page.continuationToken = nil
        } else if page.continuationToken?.isEmpty ?? true {
            throw XMLError(reason: "the listing goes on but says not where", offset: bytes.count)
        }
        self = page
    }
}

extension S3ListedObject {
    fileprivate init(reading reader: inout XMLReader) throws(XMLError) {
        var object = S3ListedObject(key: "", size: 0, etag: "", lastModified: nil)
        try reader.eachChild { (name, reader) throws(XMLError) in
            switch name {
            case "Key": object.key = try reader.text()
            case "Size": object.size = try reader.number()
            case "ETag": object.etag = S3ETag.unquoted(try reader.text())
            case "LastModified": object.lastModified = S3Timestamp.parse(iso: try reader.text())
            default: break
            }
        }
        guard !object.key.isEmpty else { throw reader.failure("an object has no key") }
        self = object
    }
}

extension XMLReader {
    /// The texts of all children of one name.
    mutating func texts(named wanted: String) throws(XMLError) -> [String] {
        var texts: [String] = []
        try eachChild { (name, reader) throws(XMLError) in
            if name == wanted { texts.append(try reader.text()) }
        }
        return texts
    }
}
