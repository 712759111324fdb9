extension HTTPRequest {
    private static let maximumURLLength = 64 * 1024

    /// Refuses what must not get to a server: line breaks in headers, other schemes, controls in the URL.
    ///
    /// - Returns: scheme, host and port of the URL.
    func validated() throws(HTTPError) -> String {
        func invalid(_ problem: String, remedy: String) -> HTTPError {
            HTTPError(.invalidRequest, message: "\(method) \(RedactedURL(url)): \(problem); \(remedy)")
        }
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isTokenByte) else {
            throw HTTPError(
                .invalidRequest, message: "the method of a request is not a word; use GET, PUT and the like")
        }
        guard url.utf8.count <= Self.maximumURLLength else {
            throw invalid("the URL is longer than \(Self.maximumURLLength) bytes", remedy: "shorten it")
        }
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw invalid("the URL has spaces, controls or letters beyond ASCII", remedy: "percent-encode them")
        }
        let start = url.utf8.prefix(8).map { $0 | 0x20 }
        let schemeLength = start.starts(with: "http://".utf8) ? 7 : start.elementsEqual("https://".utf8) ? 8 : 0
        guard schemeLength > 0 else {
            throw invalid("the URL does not begin with http:// or https://", remedy: "check how it is written")
        }
        let authority = url.utf8.dropFirst(schemeLength).prefix { !"/?#".utf8.contains($0) }
        guard !authority.isEmpty else { throw invalid("the URL has no host", remedy: "check how it is written") }
        for field in headers {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenByte) else {
                throw invalid("a header has a name that is not a word", remedy: "check the request's headers")
            }
            guard field.value.utf8.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else {
                throw invalid("the header \(field.name) holds a line break or control", remedy: "remove it")
            }
        }
        if method == "HEAD", case .none = body {
        } else if method == "HEAD" {
            throw invalid("a HEAD request has no body", remedy: "leave it out")
        }
        return String(decoding: start.prefix(schemeLength) + authority.map { $0 | 0x20 }, as: UTF8.self)
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
