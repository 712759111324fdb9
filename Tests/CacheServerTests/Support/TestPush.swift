import CacheCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

/// The steps of a push, each one request.
struct TestPush: Sendable {
    let client: any TestClientProtocol
    let family: String

    init(_ client: any TestClientProtocol, family: String = "/api/pending_closures") {
        self.client = client
        self.family = family
    }

    func create(_ request: CreateUploadRequest) async throws -> CreateUploadResponse {
        try await message(.ok, .post, family, request)
    }

    func sign(_ id: String, _ request: SignRequest) async throws -> SignResponse {
        try await message(.ok, .post, "\(family)/\(id)/sign", request)
    }

    func complete(_ id: String) async throws -> TestResponse {
        try await client.send(.post, "\(family)/\(id)/complete", token: TestServer.token)
    }

    /// Sends bytes to a presigned URL.
    func put(_ bytes: [UInt8], to url: String?, headers: HTTPFields = [:]) async throws -> TestResponse {
        let url = try #require(url)
        let path = try #require(url.firstRange(of: "/.store/")).lowerBound
        return try await client.execute(
            uri: String(url[path...]), method: .put, headers: headers, body: ByteBuffer(bytes: bytes)
        ) { $0 }
    }

    /// A call that answers with a message.
    func message<Answer: APIMessage>(
        _ status: HTTPResponse.Status, _ method: HTTPRequest.Method, _ path: String, _ body: some APIMessage
    ) async throws -> Answer {
        let response = try await send(method, path, body)
        #expect(response.status == status, "\(response.text)")
        return try Answer.decode(Array(buffer: response.body))
    }

    /// A call with a message.
    func send(_ method: HTTPRequest.Method, _ path: String, _ body: some APIMessage) async throws -> TestResponse {
        let text = String(decoding: try body.encoded(), as: UTF8.self)
        return try await client.send(method, path, body: text, token: TestServer.token)
    }
}
