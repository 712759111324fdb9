/// How to decide where a bucket's name goes in a URL.
public enum S3BucketLookup: String, Hashable, Sendable, CaseIterable {
    /// In the host with services that want it there, else in the path.
    case auto

    /// In the host.
    case dns

    /// In the path.
    case path

    private static let virtualHostDomains = [".amazonaws.com", ".amazonaws.com.cn", ".aliyuncs.com"]

    /// Decides for one service and bucket.
    ///
    /// - Parameters:
    ///   - host: the service's host, in small letters.
    ///   - isSecure: whether TLS is used: no certificate covers a bucket's name that has dots.
    ///   - bucket: the bucket's name.
    ///
    /// Source: Amazon S3 user guide, "Virtual hosting of general purpose buckets".
    func addressing(host: String, isSecure: Bool, bucket: String) -> S3Addressing {
        switch self {
        case .dns: .virtualHost
        case .path: .path
        case .auto:
            Self.virtualHostDomains.contains(where: host.hasSuffix) && Self.fitsHost(bucket, isSecure: isSecure)
                ? .virtualHost : .path
        }
    }

    private static func fitsHost(_ bucket: String, isSecure: Bool) -> Bool {
        let edges = [bucket.utf8.first, bucket.utf8.last]
        return (3...63).contains(bucket.utf8.count)
            && bucket.utf8.allSatisfy { isLabelByte($0) || (!isSecure && $0 == UInt8(ascii: ".")) }
            && !edges.contains(UInt8(ascii: "-")) && !edges.contains(UInt8(ascii: ".")) && !bucket.contains("..")
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
