import CurlKit

/// Another binary cache, as far as this one asks it.
struct UpstreamCache: Sendable {
    /// Without a slash at its end.
    let url: String
    let http: HTTPClient
    /// How this server calls itself to the caches it asks.
    let name: String

    /// What a request gave.
    enum Answer: Sendable {
        case found(HTTPResponse)
        case absent
        /// Why it is not known, in a sentence.
        case failure(String)
    }

    /// For how long no byte may move.
    private static let stallTimeout = Duration.seconds(20)

    /// Asks once.
    /// - Parameters:
    ///   - method: GET or HEAD.
    ///   - path: what is asked for, as a narinfo would name it.
    ///   - visited: which caches the request has come through.
    ///   - limit: for how long it may take in all.
    func ask(_ method: String, _ path: String, visited: String, limit: Duration?) async -> Answer {
        let chain = visited.isEmpty ? name : visited + ", " + name
        let request = HTTPRequest(
            method: method, url: "\(url)/\(path)", headers: ["CDN-Loop": chain], totalTimeout: limit,
            stallTimeout: Self.stallTimeout, followRedirects: true)
        do throws(HTTPError) {
            let response = try await http.execute(request)
            switch response.status {
            case 200: return .found(response)
            // Buckets that do not say what they lack answer with 403.
            case 403, 404, 410: return .absent
            default: return .failure("\(url) answered \(response.status) for \(path)")
            }
        } catch {
            return .failure(error.message)
        }
    }
}
