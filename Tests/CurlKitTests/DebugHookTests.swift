import Synchronization
import Testing

@testable import CurlKit

@Suite struct DebugHookTests {
    @Test(arguments: [
        ("GET /k HTTP/1.1", "GET /k HTTP/1.1"),
        (
            "PUT /k?X-Amz-Credential=AKID%2F2024&X-Amz-Signature=abc&x-amz-security-token=t HTTP/1.1",
            "PUT /k?X-Amz-Credential=AKID%2F2024&X-Amz-Signature=[redacted]&x-amz-security-token=[redacted] HTTP/1.1"
        ),
        ("GET /k?X-Amz-Signature HTTP/1.1", "GET /k?X-Amz-Signature HTTP/1.1"),
        ("Authorization: Bearer abc", "Authorization: [redacted]"),
        ("PROXY-authorization:Basic abc", "PROXY-authorization: [redacted]"),
        ("x-amz-security-token: abc", "x-amz-security-token: [redacted]"),
        ("Set-Cookie: a=b", "Set-Cookie: [redacted]"),
        ("Location: http://h/k?a=1&X-Amz-Signature=abc", "Location: http://h/k?a=1&X-Amz-Signature=[redacted]"),
        ("Content-Type: text/plain; a=b", "Content-Type: text/plain; a=b"),
    ])
    func redacts(line: String, expected: String) {
        #expect(DebugRedaction.redact(line + "\r\n") == [expected])
    }

    @Test(.timeLimit(.minutes(1)))
    func seesHeads() async throws {
        let lines = Mutex<[String]>([])
        try await TestServer.run { connection, _ in
            _ = try await connection.readRequest()
            try await connection.respond(204, headers: [("X-Answer", "42")])
        } _: { server in
            try await withClient {
                $0.debugHook = { line in lines.withLock { $0.append(line) } }
            } _: { client in
                _ = try await client.execute(
                    HTTPRequest(
                        method: "PUT", url: server.url + "/k?X-Amz-Signature=abc",
                        headers: ["Authorization": "Bearer abc"], body: .bytes(Array("body".utf8))))
            }
            #expect(
                lines.withLock { $0 } == [
                    "> PUT /k?X-Amz-Signature=[redacted] HTTP/1.1", "> Host: 127.0.0.1:\(server.port)",
                    "> User-Agent: niks3", "> Accept: */*", "> Authorization: [redacted]", "> Content-Length: 4",
                    "< HTTP/1.1 204 Some Reason", "< Content-Length: 0", "< X-Answer: 42",
                ])
        }
    }

    @Test(arguments: [
        ("http://h/k", "http://h/k"), ("https://u:p@h:1/k?X-Amz-Signature=s#f", "https://h:1/k?…"),
        ("https://u@v:p@h/k#f?x", "https://h/k"), ("nonsense\n", "nonsense?"), ("http://h/a@b", "http://h/a@b"),
    ])
    func showsURLsWithoutSecrets(url: String, expected: String) {
        #expect(RedactedURL(url).description == expected)
    }
}
