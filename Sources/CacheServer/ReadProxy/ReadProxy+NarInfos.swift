import CacheCore
import CoreMetrics
import HTTPTypes
import Hummingbird
import NIOCore

extension ReadProxy {
    /// Answers for a narinfo that is in memory; nil for everything else.
    ///
    /// The path is compared with keys as it came: one that is spelled otherwise takes the long way.
    func heldNarInfo(_ request: Request) -> Response? {
        let path = request.head.path ?? ""
        guard path.utf8.count == Self.narInfoPathLength, let answer = narInfos.held(String(path.dropFirst())) else {
            return nil
        }
        counters.hits.increment()
        switch answer {
        case .found(let found): return response(found, to: request.head, status: .hit)
        case .absent: return APIError.notFound(counted(.negative)).response(to: request.head)
        case .large: return nil
        }
    }

    /// A slash, 32 digits, and `.narinfo`.
    private static let narInfoPathLength = 41

    /// Answers for a narinfo, which is read and kept if it was not.
    /// - Returns: nil for one that is too large to be kept.
    /// - Throws: ``APIError`` when it is not there; what the object store fails with.
    func narInfo(_ key: ServedKey, for request: Request) async throws -> Response? {
        counters.misses.increment()
        let answer = try await narInfos.answer(for: key.key) { held in try await load(key, held, for: request) }
        switch answer {
        case .found(let found): return response(found, to: request.head, status: found.status)
        case .absent(let status): throw APIError.notFound(counted(status ?? .miss))
        case .large: return nil
        }
    }

    private func load(_ key: ServedKey, _ held: HeldNarInfo?, for request: Request) async throws -> LoadedNarInfo {
        let condition = held?.storeTag.map { ReadCondition.entityTag($0) }
        let content: ObjectContent
        switch try await objects.content(of: key.key, range: nil, unless: condition) {
        case nil: return try await pulled(key, for: request)
        case .unchanged: return .unchanged
        case .content(let found): content = found
        }
        let limit = narInfos.limits.largest
        guard content.attributes.size <= limit else { return .large }
        let representation = Representation(of: content.attributes, key: key, accepted: AcceptedEncodings(nil))
        var bytes = ByteBuffer()
        for try await chunk in representation.isDecoded ? decoded(content.body) : content.body {
            bytes.writeBytes(chunk)
            guard bytes.readableBytes <= limit else { return .large }
        }
        if !representation.isDecoded, bytes.readableBytes != content.attributes.size {
            throw BodyLengthMismatch(expected: content.attributes.size, written: Int64(bytes.readableBytes))
        }
        return .found(HeldNarInfo(representation, storeTag: content.attributes.etag, bytes: bytes))
    }

    /// What is counted and said about where an answer comes from; nil where all come from here.
    private func counted(_ status: CacheStatus) -> CacheStatus? {
        guard let pull else { return nil }
        pull.count(status)
        return status
    }

    private func response(_ found: HeldNarInfo, to request: HTTPRequest, status: CacheStatus) -> Response {
        var response = response(found, to: request)
        if let status = counted(status) { response.headers[.xCacheStatus] = status.rawValue }
        return response
    }

    private func response(_ found: HeldNarInfo, to request: HTTPRequest) -> Response {
        let representation = found.representation
        let fields = request.headerFields
        if fields.contains(.ifNoneMatch) || fields.contains(.ifModifiedSince), representation.isUnchanged(for: request)
        {
            return unchanged(representation.unchangedHeaders)
        }
        guard request.method == .get else { return Response(status: .ok, headers: found.headers) }
        let size = Int64(found.bytes.readableBytes)
        if fields.contains(.range), let range = ByteRange(header: fields[.range]),
            representation.allowsRange(for: request)
        {
            guard let wanted = range.resolved(size: size) else { return outOfRange(size: size) }
            var headers = representation.headers
            headers[.contentRange] = "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(size)"
            let start = found.bytes.readerIndex + Int(wanted.lowerBound)
            let part = found.bytes.getSlice(at: start, length: wanted.count) ?? ByteBuffer()
            counters.bytes.increment(by: wanted.count)
            return Response(status: .partialContent, headers: headers, body: ResponseBody(byteBuffer: part))
        }
        counters.bytes.increment(by: size)
        return Response(status: .ok, headers: found.headers, body: ResponseBody(byteBuffer: found.bytes))
    }
}
