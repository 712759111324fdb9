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
    let narInfos: NarInfoCache
    let limits: ConnectionLimits
    /// For how long readers of NARs may fetch them from the object store themselves; nil to send them from here.
    let redirectLifetime: Duration?
    /// From where comes what the object store lacks; nil for nowhere.
    let pull: PullThrough?
    let counters = ReadCounters()

    init(
        objects: any ObjectStore, narInfos: NarInfoCache, limits: ConnectionLimits, redirectLifetime: Duration? = nil,
        pull: PullThrough? = nil
    ) {
        self.objects = objects
        self.narInfos = narInfos
        self.limits = limits
        self.redirectLifetime = redirectLifetime
        self.pull = pull
    }

    func add(to routes: GuardedRoutes) {
        routes.get("/**", use: get)
        routes.head("/**", use: head)
    }

    @Sendable private func head(_ request: Request, context: CacheRequestContext) async throws -> Response {
        if let held = heldNarInfo(request) { return held }
        guard let key = servedKey(of: request) else { return try await unlisted(request, context: context) }
        // Who asks whether a narinfo is there reads it next: one request to the store brings it into memory for both.
        if key.kind == .object(.narinfo), let response = try await narInfo(key, for: request) { return response }
        guard let attributes = try await objects.attributes(of: key.key) else {
            return try await missing(key, request, context: context)
        }
        let representation = representation(of: attributes, key: key, for: request)
        if representation.isUnchanged(for: request.head) { return unchanged(representation.unchangedHeaders) }
        // How long a decoded body is shows only when it is read (RFC 9110, 9.3.2: a HEAD need not say that).
        if representation.isDecoded { return .headOfUnknownLength(representation.headers) }
        var headers = representation.headers
        headers[.contentLength] = String(attributes.size)
        return Response(status: .ok, headers: headers)
    }

    @Sendable private func get(_ request: Request, context: CacheRequestContext) async throws -> Response {
        if let held = heldNarInfo(request) { return held }
        guard let key = servedKey(of: request) else { return try await unlisted(request, context: context) }
        switch key.kind {
        case .object(.narinfo):
            if let response = try await narInfo(key, for: request) { return response }
        case .object(.nar):
            if let response = try await redirect(to: key) { return response }
        default: break
        }
        return try await content(of: key, for: request, context: context)
    }

    /// An answer that sends the reader of a NAR to the object store itself; nil where he gets it from here.
    private func redirect(to key: ServedKey) async throws -> Response? {
        guard let redirectLifetime else { return nil }
        // What is not there may be an upstream's.
        if pull != nil, try await objects.attributes(of: key.key) == nil { return nil }
        guard
            let url = try await objects.presignedGet(for: key.key, lifetime: redirectLifetime)
        else { return nil }
        // Whoever has the URL may read: nobody in between is to keep it.
        return Response(status: .temporaryRedirect, headers: [.location: url, .cacheControl: "no-store"])
    }

    private func content(
        of key: ServedKey, for request: Request, context: CacheRequestContext
    ) async throws -> Response {
        let condition = HeldRepresentation(of: request.head, key: key)
        var range = ByteRange(header: request.headers[.range])
        var content: ObjectContent
        switch try await objects.content(of: key.key, range: range, unless: condition?.condition) {
        case nil: return try await missing(key, request, context: context)
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
        await noteHit(key, &headers)
        let size = content.attributes.size
        if range != nil {
            guard !content.range.isEmpty else { return outOfRange(size: size) }
            headers[.contentRange] = "bytes \(content.range.lowerBound)-\(content.range.upperBound - 1)/\(size)"
        }
        let deadline = deadline(context)
        let count = Int64(content.range.count)
        let body =
            representation.isDecoded
            ? deadline.body(of: decoded(content.body), length: nil, expectedBytes: count)
            : deadline.body(of: content.body, length: count, expectedBytes: count)
        return Response(status: range == nil ? .ok : .partialContent, headers: headers, body: body)
    }

    private func servedKey(of request: Request) -> ServedKey? {
        RequestTarget(request.head.path)?.key().flatMap(ServedKey.init)
    }

    private func representation(
        of attributes: ObjectAttributes, key: ServedKey, for request: Request
    ) -> Representation {
        // A list may be spread over several fields.
        let accepted = request.headers[values: .acceptEncoding].joined(separator: ",")
        return Representation(of: attributes, key: key, accepted: AcceptedEncodings(accepted))
    }

    func decoded(
        _ body: some AsyncSequence<[UInt8], any Error> & Sendable
    ) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        Decompressed(body, format: .zstd)
    }

    func unchanged(_ headers: HTTPFields) -> Response {
        Response(status: .notModified, headers: headers)
    }

    func outOfRange(size: Int64) -> Response {
        var response = Response.text("the range is past the end of the object", status: .rangeNotSatisfiable)
        response.headers[.contentRange] = "bytes */\(size)"
        return response
    }
}
