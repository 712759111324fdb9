import CacheCore
import HTTPTypes
import Hummingbird

extension ReadProxy {
    /// Answers for what the object store lacks: of NARs an upstream may have it.
    func missing(_ key: ServedKey, _ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let pull, key.kind == .object(.nar) else { throw APIError.notFound }
        return try await pull.nar(key.key, for: request, deadline: deadline(context))
    }

    /// Answers for a path that is no object's: NARs of upstreams may have any.
    func unlisted(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let pull, let target = RequestTarget(request.head.path), let path = target.key() else {
            throw APIError.notFound
        }
        let url = target.rawQuery.isEmpty ? path : path + "?" + target.rawQuery
        guard pull.known(url: url) != nil else { throw APIError.notFound }
        return try await pull.nar(url, for: request, deadline: deadline(context))
    }

    /// Says of a NAR that it comes from here. The narinfo of an upstream that names it is stored with it.
    func noteHit(_ key: ServedKey, _ headers: inout HTTPFields) async {
        guard let pull, key.kind == .object(.nar) else { return }
        pull.count(.hit)
        headers[.xCacheStatus] = CacheStatus.hit.rawValue
        await pull.storeNarInfo(ofStoredNar: key.key)
    }

    /// Asks upstreams for a narinfo that the object store lacks.
    func pulled(_ key: ServedKey, for request: Request) async throws -> LoadedNarInfo {
        guard let pull, let objectKey = ObjectKey(validating: key.key) else { return .absent(nil) }
        let visited = request.headers[values: .cdnLoop].joined(separator: ", ")
        switch try await pull.narInfo(objectKey, visited: visited) {
        case .absent(let status): return .absent(status)
        case .found(let pulled, let status): return .found(HeldNarInfo(pulled, key: key, status: status))
        }
    }

    func deadline(_ context: CacheRequestContext) -> TransferDeadline {
        TransferDeadline(limits: limits, channel: context.channel, sent: counters.bytes)
    }
}
