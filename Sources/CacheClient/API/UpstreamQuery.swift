internal import CurlKit
internal import Synchronization

/// Asks other substituters what they have.
final class UpstreamQuery: Sendable {
    private let api: APIClient
    private let substituters: [String]
    /// Substituters that could not be asked, and why; they are not asked again.
    private let broken = Mutex<[String: String]>([:])

    init(api: APIClient, substituters: [String]) {
        self.api = api
        self.substituters = substituters.map { text in
            var text = text[...]
            while text.hasSuffix("/") { text.removeLast() }
            return String(text)
        }
    }

    /// What the user should know about substituters that could not be asked.
    var warnings: [String] {
        broken.withLock { $0 }.sorted { $0.key < $1.key }.map { url, reason in
            "\(url) is not taken into account: \(reason)"
        }
    }

    /// The narinfos that one of the substituters has.
    ///
    /// - Parameters:
    ///   - keys: The narinfos.
    ///   - limit: How many requests are under way at once.
    /// - Throws: ``ClientError`` with the code `cancelled`.
    func present(_ keys: [String], limit: Int) async throws(ClientError) -> Set<String> {
        let found = Mutex<Set<String>>([])
        try await forEachConcurrently(keys, limit: limit) { key throws(ClientError) in
            for url in self.substituters {
                guard try await self.has(key, at: url) else { continue }
                found.withLock { _ = $0.insert(key) }
                return
            }
        }
        return found.withLock { $0 }
    }

    private func has(_ key: String, at url: String) async throws(ClientError) -> Bool {
        guard broken.withLock({ $0[url] == nil }) else { return false }
        do throws(ClientError) {
            let reply = try await api.upstreams.send(
                HTTPRequest(method: "HEAD", url: "\(url)/\(key)", followRedirects: true), responseLimit: 0)
            // A bucket whose contents may not be listed answers 403 for what it lacks.
            if reply.isSuccess || reply.status == 404 || reply.status == 403 { return reply.isSuccess }
            broken.withLock { $0[url] = "it answered \(reply.status)." }
        } catch  where error.code != .cancelled {
            broken.withLock { $0[url] = error.message }
        }
        return false
    }
}
