import CurlKit
import Testing

@Suite struct HTTPProxyTests {
    @Test(arguments: [
        ([:], HTTPProxy()),
        (["http_proxy": "http://a:1"], HTTPProxy(http: "http://a:1")),
        // A CGI program finds the client's Proxy header under this name.
        (["HTTP_PROXY": "http://a:1"], HTTPProxy()),
        (["HTTPS_PROXY": "http://b:2", "NO_PROXY": "x,.y"], HTTPProxy(https: "http://b:2", bypass: "x,.y")),
        (["https_proxy": "http://c:3", "HTTPS_PROXY": "http://b:2"], HTTPProxy(https: "http://c:3")),
        (
            ["ALL_PROXY": "socks5h://d:4", "https_proxy": "", "no_proxy": "*"],
            HTTPProxy(http: "socks5h://d:4", https: "socks5h://d:4", bypass: "*")
        ),
        (["all_proxy": "e", "http_proxy": "a"], HTTPProxy(http: "a", https: "e")),
    ])
    func isReadFromTheEnvironment(environment: [String: String], expected: HTTPProxy) {
        #expect(HTTPProxy(environment: environment) == expected)
    }

    /// A proxy that answers itself, and says what it was asked for.
    static let proxy: TestServer.Handler = { connection, _ in
        while let (request, _) = try await connection.readRequest() {
            try await connection.respond(headers: [("X-Line", "\(request.method) \(request.target)")])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func isAskedForOtherHosts() async throws {
        try await TestServer.run(handler: Self.proxy) { server in
            try await withClient {
                $0.proxy = HTTPProxy(http: server.url, bypass: "127.0.0.1")
            } _: { client in
                let proxied = try await client.execute(HTTPRequest(url: "http://cache.invalid:8080/k?x"))
                #expect(proxied.headers["x-line"] == "GET http://cache.invalid:8080/k?x")
                let direct = try await client.execute(HTTPRequest(url: server.url + "/k"))
                #expect(direct.headers["x-line"] == "GET /k")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func mayRefuseATunnel() async throws {
        try await TestServer.run { connection, _ in
            let line = try await connection.readHead().map { "\($0.method) \($0.target)" }
            #expect(line == "CONNECT cache.invalid:443")
            try await connection.respond(403, body: "no")
        } _: { server in
            try await withClient {
                $0.proxy = HTTPProxy(https: server.url)
            } _: { client in
                let error = await #expect(throws: HTTPError.self) {
                    try await client.execute(HTTPRequest(url: "https://cache.invalid/k"))
                }
                #expect(error?.code == .proxy)
            }
        }
    }
}
