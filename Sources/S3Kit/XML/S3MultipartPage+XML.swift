extension S3MultipartPage {
    /// Reads `ListMultipartUploadsResult`.
    ///
    /// Source: Amazon S3 API reference, "ListMultipartUploads".
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var page = S3MultipartPage()
        var marker = Marker(key: "", uploadID: "")
        var isTruncated = false
        var escaping = S3KeyEscaping()
        try XMLReader.read(bytes, root: "ListMultipartUploadsResult") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                switch name {
                case "Upload": page.uploads.append(try S3MultipartUpload(reading: &reader))
                case "NextKeyMarker": marker.key = try reader.text()
                case "NextUploadIdMarker": marker.uploadID = try reader.text()
                case "IsTruncated": isTruncated = try reader.boolean()
                case "EncodingType": escaping = S3KeyEscaping(try reader.text())
                default: break
                }
            }
        }
        for index in page.uploads.indices {
            page.uploads[index].key = try escaping.resolve(page.uploads[index].key)
        }
        if isTruncated {
            marker.key = try escaping.resolve(marker.key)
            guard !marker.key.isEmpty || !marker.uploadID.isEmpty else {
                throw XMLError(reason: "the listing goes on but says not where", offset: bytes.count)
            }
            page.next = marker
        }
        self = page
    }
}

extension S3MultipartUpload {
    fileprivate init(reading reader: inout XMLReader) throws(XMLError) {
        var upload = S3MultipartUpload(key: "", uploadID: "", initiated: nil)
        try reader.eachChild { (name, reader) throws(XMLError) in
            switch name {
            case "Key": upload.key = try reader.text()
            case "UploadId": upload.uploadID = try reader.text()
            case "Initiated": upload.initiated = S3Timestamp.parse(iso: try reader.text())
            default: break
            }
        }
        guard !upload.key.isEmpty, !upload.uploadID.isEmpty else {
            throw reader.failure("an upload has no key or no identifier")
        }
        self = upload
    }
}
