import CacheCore
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A message of the API.
    static func json(
        _ message: some APIMessage, status: HTTPResponse.Status = .ok
    ) throws(CacheError) -> Response {
        let body = ByteBuffer(bytes: try message.encoded())
        return Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }

    /// A page for browsers, which may load and run only what its policy says.
    static func page(_ html: String, policy: ContentPolicy, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .xContentTypeOptions: "nosniff", .cacheControl: "no-cache",
            .contentSecurityPolicy: policy.text + "; frame-ancestors 'none'",
        ]
        // Other sites learn nothing. With no-referrer, browsers would send forms without their origin.
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "same-origin" }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// The answer to a `HEAD` of something whose length nobody knows; a GET of it comes in chunks, which it says too.
    ///
    /// ``ConnectionGuard`` sends no chunk after it (RFC 9112, section 6.3).
    static func headOfUnknownLength(_ headers: HTTPFields) -> Response {
        var headers = headers
        headers[.transferEncoding] = "chunked"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(contentLength: nil) { try await $0.finish(nil) })
    }

    /// Text, as it is.
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
