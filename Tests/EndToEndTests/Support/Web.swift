import CacheCore
import CurlKit
import Foundation

/// Requests that tests make themselves.
enum Web {
    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var isSuccess: Bool { (200..<300).contains(status) }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct UnexpectedReply: Error, CustomStringConvertible {
        let reply: Reply
        var description: String { "unexpected reply: \(reply.status) \(reply.text)" }
    }

    /// What all tests send with.
    static let client: HTTPClient = {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        return HTTPClient(configuration: configuration)
    }()

    /// Sends a request once.
    static func send(
        _ method: String, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil
    ) async throws -> Reply {
        let response = try await client.execute(
            HTTPRequest(
                method: method, url: url, headers: headers, body: body.map { .bytes($0) } ?? .none,
                stallTimeout: .seconds(120)))
        return Reply(
            status: response.status, headers: response.headers, body: try await response.body.collect(upTo: 64 << 20))
    }
}

extension RunningServer {
    /// Calls the API with the server's token.
    func call(_ method: String, _ path: String, json: String? = nil) async throws -> Web.Reply {
        let token = try String(contentsOfFile: storage.tokenPath, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var headers: HTTPHeaders = ["Authorization": "Bearer \(token)"]
        if json != nil { headers.append(name: "Content-Type", value: "application/json") }
        return try await Web.send(method, url + path, headers: headers, body: json.map { Array($0.utf8) })
    }

    /// Sends a message to the API and reads the one that it answers with.
    func message<Answer: APIMessage>(
        _ path: String, _ request: some APIMessage, as answer: Answer.Type = Answer.self
    ) async throws -> Answer {
        let reply = try await call("POST", path, json: String(decoding: try request.encoded(), as: UTF8.self))
        guard reply.isSuccess else { throw Web.UnexpectedReply(reply: reply) }
        return try Answer.decode(reply.body)
    }
}
