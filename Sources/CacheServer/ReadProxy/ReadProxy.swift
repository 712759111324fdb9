import CacheCore
import HTTPTypes
import Hummingbird
import NarKit

/// Serves the objects of the cache to Nix, to browsers and to whoever else reads it.
struct ReadProxy: Sendable {
    let objects: any ObjectStore
    let limits: ConnectionLimits

    func add(to router: some RouterMethods<CacheRequestContext>) {
        router.get("/**", use: get)
        router.head("/**", use: head)
    }

    @Sendable private func head(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = try servedKey(of: request)
        guard let attributes = try await objects.attributes(of: key.key) else { throw APIError.notFound }
        let representation = representation(of: attributes, key: key, for: request)
        if representation.isUnchanged(for: request.head) { return unchanged(representation) }
        var headers = representation.headers
        headers[.contentLength] = String(try await length(of: representation, attributes: attributes, key: key))
        return Response(status: .ok, headers: headers)
    }

    @Sendable private func get(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = try servedKey(of: request)
        var range = try await range(of: key, for: request)
        guard var content = try await objects.content(of: key.key, range: range) else { throw APIError.notFound }
        let representation = representation(of: content.attributes, key: key, for: request)
        if representation.isUnchanged(for: request.head) { return unchanged(representation) }
        if range != nil, representation.isDecoded {
            range = nil
            guard let whole = try await objects.content(of: key.key, range: nil) else { throw APIError.notFound }
            content = whole
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

    /// The range to ask the store for. Of NARs it is what the client asks for; whether others may be sent in part shows
    /// only in their attributes, as it does under a condition. Then, which is rare, the store is asked twice.
    private func range(of key: ServedKey, for request: Request) async throws(ObjectStoreError) -> ByteRange? {
        guard let range = ByteRange(header: request.headers[.range]) else { return nil }
        if key.kind == .object(.nar), request.headers[.ifRange] == nil { return range }
        guard let attributes = try await objects.attributes(of: key.key) else { return nil }
        return representation(of: attributes, key: key, for: request).allowsRange(for: request.head) ? range : nil
    }

    /// The bytes that a GET would send. Of a decoded body nobody knows them before it is decoded.
    private func length(
        of representation: Representation, attributes: ObjectAttributes, key: ServedKey
    ) async throws -> Int64 {
        guard representation.isDecoded, let content = try await objects.content(of: key.key, range: nil) else {
            return attributes.size
        }
        var count: Int64 = 0
        for try await chunk in decoded(content.body) { count += Int64(chunk.count) }
        return count
    }

    private func decoded(
        _ body: some AsyncSequence<[UInt8], any Error> & Sendable
    ) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        Decompressed(body, format: .zstd)
    }

    private func unchanged(_ representation: Representation) -> Response {
        Response(status: .notModified, headers: representation.unchangedHeaders)
    }

    private func outOfRange(size: Int64) -> Response {
        var response = Response.text("the range is past the end of the object", status: .rangeNotSatisfiable)
        response.headers[.contentRange] = "bytes */\(size)"
        return response
    }
}
