import CacheCore
import CurlKit
import Logging
import NarKit

extension PullThrough {
    /// What upstreams say about a narinfo.
    enum NarInfoFinding: Sendable {
        case found(PulledNarInfo, CacheStatus)
        case absent(CacheStatus)
    }

    /// For how long an upstream may take to send a narinfo, waiting for a free connection included.
    private static let narInfoTimeout = Duration.seconds(60)

    /// Asks the upstreams for a narinfo that the bucket lacks.
    /// - Parameter visited: which caches the request has come through.
    /// - Throws: ``APIError`` (502) when no upstream has it and not all have said so.
    func narInfo(_ key: ObjectKey, visited: String) async throws -> NarInfoFinding {
        if let known = known(key: key.text) { return .found(known.pulled, .hit) }
        guard !visited.contains(name) else { return .absent(.miss) }
        guard !isKnownAbsent(key.text) else { return .absent(.negative) }
        var isCertain = true
        for (number, upstream) in narInfoUpstreams.enumerated() {
            switch await upstream.ask("GET", key.text, visited: visited, limit: Self.narInfoTimeout) {
            case .absent: break
            case .failure(let problem):
                isCertain = false
                logger.warning("an upstream failed", metadata: ["error": "\(problem)"])
            case .found(let response):
                do throws(HTTPError) {
                    if let pulled = try await verified(response, key: key, from: upstream) {
                        remember(
                            Known(
                                pulled: pulled, upstream: number,
                                validUntil: .now + configuration.narInfoLifetime))
                        return .found(pulled, .miss)
                    }
                } catch {
                    isCertain = false
                    logger.warning("an upstream failed", metadata: ["error": "\(error)"])
                }
            }
        }
        guard isCertain else { throw APIError.upstreamFailed }
        rememberAbsence(of: key.text)
        return .absent(.miss)
    }

    /// Reads a narinfo, and looks who signed it.
    /// - Returns: nil for what is not believed; the log says why.
    private func verified(
        _ response: HTTPResponse, key: ObjectKey, from upstream: UpstreamCache
    ) async throws(HTTPError) -> PulledNarInfo? {
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let problem: String
        do throws(CacheError) {
            let pulled = try PulledNarInfo(bytes, key: key, storeDirectory: configuration.storeDirectory)
            if pulled.narInfo.isSigned(by: configuration.trustedKeys) { return pulled }
            problem = "no trusted key has signed it; give the upstream's with --trusted-key"
        } catch {
            problem = error.message
        }
        logger.warning(
            "a narinfo of an upstream is refused", metadata: ["url": "\(upstream.url)/\(key)", "reason": "\(problem)"])
        return nil
    }
}
