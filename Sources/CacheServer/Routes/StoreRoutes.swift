import CacheStorage
import HTTPTypes
import Hummingbird

/// Where the presigned URLs of the directory store lead. It checks and answers them itself, as S3 would.
struct StoreRoutes: Sendable {
    let directory: DirectoryStore

    func add(to routes: GuardedRoutes) {
        let path = DirectoryStore.pathPrefix + "**"
        for method: HTTPRequest.Method in [.put, .get, .head, .post, .delete] {
            routes.on(method, path, use: receive)
        }
    }

    @Sendable private func receive(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let target = RequestTarget(request.head.path) else { throw APIError.notFound }
        let answer = await directory.receive(
            StoreRequest(
                method: request.method.rawValue, path: target.rawPath, query: target.rawQuery,
                host: request.head.authority ?? "", contentLength: contentLength(of: request),
                contentType: request.headers[.contentType], contentEncoding: request.headers[.contentEncoding]),
            body: RequestBytes(request, context: context))
        var headers: HTTPFields = [:]
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    private func contentLength(of request: Request) -> Int64? {
        request.headers[.contentLength].flatMap { Int64($0) }
    }
}
