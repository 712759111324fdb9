/// The bodies of requests that are XML.
enum S3RequestXML {
    /// The body of a batch delete that is to report on every key.
    ///
    /// - Parameter keys: keys for which ``canHold(_:)`` says yes.
    static func delete(_ keys: [String]) -> [UInt8] {
        var text = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for key in keys {
            text += "<Object><Key>\(escape(key))</Key></Object>"
        }
        return Array((text + "</Delete>").utf8)
    }

    /// The body that completes a multipart upload.
    ///
    /// - Parameter parts: the parts, by number.
    static func complete(_ parts: [S3Part]) -> [UInt8] {
        var text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            text +=
                "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(escape(S3ETag.quoted(part.etag)))</ETag></Part>"
        }
        return Array((text + "</CompleteMultipartUpload>").utf8)
    }

    /// The body that makes a bucket in a region other than `us-east-1`.
    static func bucket(region: String) -> [UInt8] {
        Array(
            """
            <CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            <LocationConstraint>\(escape(region))</LocationConstraint></CreateBucketConfiguration>
            """.utf8)
    }

    /// Whether XML 1.0 has a way to write a text down.
    static func canHold(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...: true
            default: false
            }
        }
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#13;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
