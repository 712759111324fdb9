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

    /// Text, as it is.
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
