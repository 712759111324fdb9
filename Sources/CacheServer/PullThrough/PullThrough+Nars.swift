import CacheCore
import CurlKit
import HTTPTypes
import Hummingbird
import Logging
import NarKit

extension PullThrough {
    /// Answers for a NAR that the bucket lacks.
    ///
    /// It is sent whole, whatever range is asked for, and without saying that ranges can be had: what is not stored yet is
    /// not verified yet either.
    /// - Parameters:
    ///   - url: as a narinfo names it.
    ///   - deadline: how long the reader may take.
    /// - Throws: ``APIError``: 404 when no upstream has it, 502 when not all have said so.
    func nar(_ url: String, for request: Request, deadline: TransferDeadline) async throws -> Response {
        let visited = request.headers[values: .cdnLoop].joined(separator: ", ")
        guard !visited.contains(name) else { throw APIError.notFound(.miss) }
        guard !isKnownAbsent(url) else {
            count(.negative)
            throw APIError.notFound(.negative)
        }
        count(.miss)
        let known = known(url: url)
        let slot = try await Slot(slots)
        let response = try await upstreamNar(
            url, method: request.method.rawValue, visited: visited, known: known, limits: deadline.limits)
        var headers: HTTPFields = [
            .contentType: "application/x-nix-nar", .xContentTypeOptions: "nosniff",
            .xCacheStatus: CacheStatus.miss.rawValue,
        ]
        guard request.method == .get else {
            if let length = response.headers["Content-Length"] { headers[.contentLength] = length }
            return Response(status: .ok, headers: headers)
        }
        let length = response.body.expectedLength
        let fill = NarFill(response.body, url: url, known: known, pull: self, slot: slot)
        let expected = length ?? Int64(clamping: known?.pulled.narInfo.narSize ?? 0)
        let sent = deadline.body(of: NarFillChunks(fill: fill), length: length, expectedBytes: expected)
        let body = ResponseBody(contentLength: sent.contentLength) { writer in
            do {
                try await sent.write(writer)
            } catch {
                // Whoever asks next is to find it, though this reader is gone.
                await fill.drain()
                throw error
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Begins to fetch a NAR: from the upstream that gave the narinfo, else from the first that has it.
    private func upstreamNar(
        _ url: String, method: String, visited: String, known: Known?, limits: ConnectionLimits
    ) async throws -> CurlKit.HTTPResponse {
        // Twice what the reader gets, as he is waited for.
        let limit = known?.pulled.narInfo.fileSize.map { limits.allowedTime(forBytes: Int64(clamping: $0)) * 2 }
        var isCertain = true
        for upstream in known.map({ [narUpstreams[$0.upstream]] }) ?? narUpstreams {
            switch await upstream.ask(method, url, visited: visited, limit: limit) {
            case .found(let response): return response
            case .absent: break
            case .failure(let problem):
                isCertain = false
                logger.warning("an upstream failed", metadata: ["error": "\(problem)"])
            }
        }
        guard isCertain else { throw APIError.upstreamFailed }
        rememberAbsence(of: url)
        throw APIError.notFound(.miss)
    }

    /// Stores a narinfo whose NAR the bucket has already, as that of another store path.
    func storeNarInfo(ofStoredNar url: String) async {
        guard let known = known(url: url), !known.isStored, known.pulled.isStorable,
            let turn = turn(for: url)
        else { return }
        defer { withExtendedLifetime(turn) {} }
        do throws(CacheError) {
            guard var upload = try await pulls.begin(known.pulled) else { return noteStored(known) }
            guard !upload.needsNar else { return await upload.abandon() }
            do throws(CacheError) {
                try await upload.finish()
            } catch {
                await upload.abandon()
                throw error
            }
            noteStored(known)
        } catch {
            logger.warning(
                "a narinfo of an upstream is not stored",
                metadata: ["key": "\(known.pulled.key)", "error": "\(error)"])
        }
    }
}
