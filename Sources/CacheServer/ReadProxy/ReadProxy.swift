import CacheCore
import HTTPTypes
import Hummingbird
import NarKit

/// Serves the objects of the cache to Nix, to browsers and to whoever else reads it.
///
/// Each read is one request to the object store: what a reader has already, and which bytes he wants, is passed on. Only
/// where the object then turns out to be another than the reader took it for, it is asked for a second time.
struct ReadProxy: Sendable {
    let objects: any ObjectStore
    let limits: ConnectionLimits

    func add(to routes: GuardedRoutes) {
        routes.get("/**", use: get)
        routes.head("/**", use: head)
    }

    @Sendable private func head(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = try servedKey(of: request)
        // How long a narinfo is without its coding shows only when it is read; they are small.
        let isRead = key.kind == .object(.narinfo)
        let content = isRead ? try await objects.content(of: key.key, range: nil) : nil
        let found = isRead ? content?.attributes : try await objects.attributes(of: key.key)
        guard let attributes = found else { throw APIError.notFound }
        let representation = representation(of: attributes, key: key, for: request)
        if representation.isUnchanged(for: request.head) { return unchanged(representation.unchangedHeaders) }
        var headers = representation.headers
        headers[.contentLength] = String(
            try await length(of: representation, attributes: attributes, content: content, key: key))
        return Response(status: .ok, headers: headers)
    }

    @Sendable private func get(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = try servedKey(of: request)
        let condition = HeldRepresentation(of: request.head, key: key)
        var range = ByteRange(header: request.headers[.range])
        var content: ObjectContent
        switch try await objects.content(of: key.key, range: range, unless: condition?.condition) {
        case nil: throw APIError.notFound
        case .unchanged: return unchanged(condition?.headers ?? [:])
        case .content(let found): content = found
        }
        var representation = representation(of: content.attributes, key: key, for: request)
        if representation.isUnchanged(for: request.head) { return unchanged(representation.unchangedHeaders) }
        if range != nil, !representation.allowsRange(for: request.head) {
            range = nil
            guard let whole = try await objects.content(of: key.key, range: nil) else { throw APIError.notFound }
            content = whole
            representation = self.representation(of: content.attributes, key: key, for: request)
        }
        var headers = representation.headers
        let size = content.attributes.size
        if range != nil {
            guard !content.range.isEmpty else { return outOfRange(size: size) }
            headers[.contentRange] = "bytes \(content.range.lowerBound)-\(content.range.upperBound - 1)/\(size)"
        }
        let deadline = TransferDeadline(limits: limits, channel: context.channel)
        let count = Int64(content.range.count)
        let body =
            representation.isDecoded
            ? deadline.body(of: decoded(content.body), length: nil, expectedBytes: count)
            : deadline.body(of: content.body, length: count, expectedBytes: count)
        return Response(status: range == nil ? .ok : .partialContent, headers: headers, body: body)
    }

    private func servedKey(of request: Request) throws(APIError) -> ServedKey {
        guard let key = RequestTarget(request.head.path)?.key().flatMap(ServedKey.init) else { throw .notFound }
        return key
    }

    private func representation(
        of attributes: ObjectAttributes, key: ServedKey, for request: Request
    ) -> Representation {
        // A list may be spread over several fields.
        let accepted = request.headers[values: .acceptEncoding].joined(separator: ",")
        return Representation(of: attributes, key: key, accepted: AcceptedEncodings(accepted))
    }

    /// The bytes that a GET would send. Of a decoded body nobody knows them before it is decoded.
    ///
    /// - Parameter content: the object, where it was read already.
    private func length(
        of representation: Representation, attributes: ObjectAttributes, content: ObjectContent?, key: ServedKey
    ) async throws -> Int64 {
        let read: ObjectContent?
        if let content {
            read = content
        } else {
            read = representation.isDecoded ? try await objects.content(of: key.key, range: nil) : nil
        }
        guard let read else { return attributes.size }
        // Read to its end even where the length is known, so that the connection to the store can be used again.
        var count: Int64 = 0
        for try await chunk in representation.isDecoded ? decoded(read.body) : read.body { count += Int64(chunk.count) }
        return count
    }

    private func decoded(
        _ body: some AsyncSequence<[UInt8], any Error> & Sendable
    ) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        Decompressed(body, format: .zstd)
    }

    private func unchanged(_ headers: HTTPFields) -> Response {
        Response(status: .notModified, headers: headers)
    }

    private func outOfRange(size: Int64) -> Response {
        var response = Response.text("the range is past the end of the object", status: .rangeNotSatisfiable)
        response.headers[.contentRange] = "bytes */\(size)"
        return response
    }
}
