extension S3PartPage {
    /// Reads `ListPartsResult`.
    ///
    /// Source: Amazon S3 API reference, "ListParts".
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var page = S3PartPage()
        var marker: Int64 = 0
        var isTruncated = false
        try XMLReader.read(bytes, root: "ListPartsResult") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                switch name {
                case "Part": page.parts.append(try S3Part(reading: &reader))
                case "NextPartNumberMarker": marker = try reader.number()
                case "IsTruncated": isTruncated = try reader.boolean()
                default: break
                }
            }
        }
        if isTruncated {
            guard marker >= 1, marker <= S3Limits.maximumParts else {
                throw XMLError(reason: "the listing goes on but says not where", offset: bytes.count)
            }
            page.next = Int(marker)
        }
        self = page
    }
}

extension S3Part {
    fileprivate init(reading reader: inout XMLReader) throws(XMLError) {
        var number: Int64 = 0
        var etag = ""
        var size: Int64 = 0
        try reader.eachChild { (name, reader) throws(XMLError) in
            switch name {
            case "PartNumber": number = try reader.number()
            case "ETag": etag = try reader.text()
            case "Size": size = try reader.number()
            default: break
            }
        }
        guard number >= 1, number <= S3Limits.maximumParts else {
            throw reader.failure("a part's number is not from 1 to \(S3Limits.maximumParts)")
        }
        self.init(number: Int(number), etag: etag, size: size)
    }
}
