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

    /// Text, as it is.
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
