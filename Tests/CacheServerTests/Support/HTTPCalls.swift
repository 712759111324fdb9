import CacheCore
import CurlKit
import Testing

/// Requests to a server on the loopback.
struct HTTPCalls: Sendable {
    let port: Int
    let client: HTTPClient
    var token = SharedServerTests.token

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func get(_ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
        try await send("GET", "http://127.0.0.1:\(port)" + path, headers)
    }

    func delete(_ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
        try await send("DELETE", "http://127.0.0.1:\(port)" + path, headers)
    }

    /// Pushes a path as clients in the field do.
    func push(_ path: SamplePath) async throws {
        let request = CreateUploadRequest(closure: path.narInfoKey, objects: path.closure)
        let created: CreateUploadResponse = try await post("/api/pending_closures", request)
        for (key, bytes) in [(path.narKey, path.nar), (path.listingKey, Array("{}".utf8))] {
            guard let url = created.pendingObjects[key]?.presignedURL else { continue }
            let answer = try await send("PUT", url, body: bytes)
            #expect(answer.status == 200, "\(answer.text)")
        }
        let sign = SignRequest(narinfos: [path.narInfoKey: path.signing])
        let _: SignResponse = try await post("/api/pending_closures/\(created.id)/sign", sign)
        let url = try #require(created.pendingObjects[path.narInfoKey]?.presignedURL)
        #expect(try await send("PUT", url, body: Array(path.narInfo.utf8)).status == 200)
        let completed = try await send(
            "POST", "http://127.0.0.1:\(port)/api/pending_closures/\(created.id)/complete", authorization)
        #expect(completed.status == 204, "\(completed.text)")
    }

    private var authorization: [(String, String)] { [("Authorization", "Bearer \(token)")] }

    private func post<Reply: APIMessage>(_ path: String, _ message: some APIMessage) async throws -> Reply {
        let answer = try await send(
            "POST", "http://127.0.0.1:\(port)" + path, authorization, body: try message.encoded())
        #expect(answer.status == 200, "\(answer.text)")
        return try Reply.decode(answer.body)
    }

    private func send(
        _ method: String, _ url: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        let response = try await client.execute(
            HTTPRequest(
                method: method, url: url, headers: HTTPHeaders(headers.map { (name: $0.0, value: $0.1) }),
                body: body.map { .bytes($0) } ?? .none))
        return Answer(
            status: response.status, headers: response.headers, body: try await response.body.collect(upTo: 1 << 20))
    }
}
