import Crypto

/// What an ETag is made of: the first half of the SHA-256 of the content.
///
/// It depends on nothing but the content, so that a part sent twice, because the first answer was lost, has one ETag. The
/// processor computes SHA-256 itself, so that it costs less than half of what the MD5 of S3 would.
struct ContentDigest {
    private static let length = 16

    private var hash = SHA256()

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    var etag: String {
        hash.finalize().prefix(Self.length).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// The ETag of an object that was put together from parts: made of theirs, with their number behind it, as in S3.
    static func etag(ofParts etags: [String]) -> String {
        var digest = ContentDigest()
        for etag in etags {
            digest.append(Array("\(etag)\n".utf8))
        }
        return "\(digest.etag)-\(etags.count)"
    }
}
