import CacheCore
import HTTPTypes
import Hummingbird

extension APIError {
    /// The body of an error for programs.
    private struct Body: APIMessage {
        let error: String
        let code: String
        let missing: [String]?
    }

    /// Text, as existing clients print it; JSON for those that ask for it, and where there are missing keys to name.
    func response(to request: HTTPRequest) -> Response {
        let wantsJSON = request.headerFields[.accept].map { $0.lowercased().contains("application/json") } ?? false
        let body = Body(error: message, code: code, missing: missing.isEmpty ? nil : missing)
        let json = wantsJSON || !missing.isEmpty ? try? Response.json(body, status: status) : nil
        var response = json ?? .text(message, status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}
