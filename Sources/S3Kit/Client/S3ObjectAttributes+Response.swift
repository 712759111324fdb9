import CurlKit

extension S3ObjectAttributes {
    private static let metadataPrefix = "x-amz-meta-"

    /// Reads the head of an answer.
    ///
    /// - Parameters:
    ///   - headers: the head.
    ///   - size: the size of the whole object.
    init(headers: HTTPHeaders, size: Int64) {
        var metadata: [String: String] = [:]
        for field in headers {
            let name = field.name.lowercased()
            if name.hasPrefix(Self.metadataPrefix) {
                metadata[String(name.dropFirst(Self.metadataPrefix.count))] = field.value
            }
        }
        self.init(
            size: size, etag: headers["ETag"].map { S3ETag.unquoted($0) } ?? "",
            lastModified: headers["Last-Modified"].flatMap(S3Timestamp.parse(http:)),
            contentType: headers["Content-Type"], contentEncoding: headers["Content-Encoding"], metadata: metadata)
    }

    /// Reads `Content-Range`.
    ///
    /// - Parameter text: such as `bytes 0-9/443`.
    /// - Returns: the bytes that follow, and the size of the whole object; `nil` where the text says neither.
    static func parse(contentRange text: String) -> (range: Range<Int64>, size: Int64)? {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Int64(parts[1]) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0, first <= last,
            last < size
        else { return nil }
        return (first..<(last + 1), size)
    }
}
