import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

/// Certificates that a proxy has checked, and fields that a client writes itself.
@Suite struct ProxyCertificateTests {
    private static func field(_ name: String) throws -> HTTPField.Name { try #require(HTTPField.Name(name)) }

    private static func authenticator() throws -> ProxyCertificateAuthenticator {
        ProxyCertificateAuthenticator(
            verdict: try field("X-SSL-Client-Verify"), subject: try field("X-SSL-Client-Dn"),
            rules: CertificateRules(writers: [try Glob("CN=ci,*")], readers: [try Glob("CN=reader,*")]))
    }

    @Test(
        arguments: [
            ([("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "CN=ci,O=Acme")], 200, 200),
            ([("x-ssl-client-verify", "SUCCESS"), ("x-ssl-client-dn", "CN=ci,O=Acme")], 200, 200),
            ([("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "CN=reader,O=Acme")], 403, 200),
            ([("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "CN=other,O=Acme")], 401, 401),
            ([("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "")], 401, 401),
            ([("X-SSL-Client-Verify", "SUCCESS")], 401, 401),
            ([("X-SSL-Client-Verify", "success"), ("X-SSL-Client-Dn", "CN=ci,O=Acme")], 401, 401),
            ([("X-SSL-Client-Verify", "FAILED:unable to verify"), ("X-SSL-Client-Dn", "CN=ci,O=Acme")], 401, 401),
            ([("X-SSL-Client-Verify", "NONE"), ("X-SSL-Client-Dn", "CN=ci,O=Acme")], 401, 401),
            ([("X-SSL-Client-Verify", ""), ("X-SSL-Client-Dn", "CN=ci,O=Acme")], 401, 401),
            ([("X-SSL-Client-Dn", "CN=ci,O=Acme")], 401, 401),
            // A field of the client beside that of the proxy.
            (
                [("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "CN=ci,O=Acme"), ("X-SSL-Client-Dn", "CN=x")],
                401, 401
            ),
            (
                [
                    ("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Verify", "NONE"),
                    ("X-SSL-Client-Dn", "CN=ci,O=A"),
                ], 401, 401
            ),
            ([("X_SSL_Client_Verify", "SUCCESS"), ("X_SSL_Client_Dn", "CN=ci,O=Acme")], 401, 401),
            // The token still counts beside a certificate that does not.
            (
                [
                    ("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Dn", "CN=other"),
                    ("Authorization", "Bearer \(TestServer.token)"),
                ], 200, 200
            ),
        ] as [([(String, String)], Int, Int)])
    func fields(fields: [(String, String)], writing: Int, reading: Int) async throws {
        let authenticators: [any Authenticator] = [
            try Self.authenticator(), try StaticTokenAuthenticator(token: TestServer.token),
        ]
        let headers = HTTPFields(try fields.map { HTTPField(name: try Self.field($0.0), value: $0.1) })
        try await TestServer.run(authenticators: authenticators) { server in
            try await server.put("text", at: "nix-cache-info")
            try await server.routes { client async throws in
                #expect(try await client.send(.get, "/api/pins", headers: headers).status.code == writing)
                #expect(try await client.send(.get, "/nix-cache-info", headers: headers).status.code == reading)
            }
        }
    }

    /// Without the setting the fields are like any other.
    @Test func fieldsWithoutTheSetting() async throws {
        let headers: HTTPFields = [
            try Self.field("X-SSL-Client-Verify"): "SUCCESS", try Self.field("X-SSL-Client-Dn"): "CN=ci,O=Acme",
            try Self.field("X-Forwarded-User"): "admin", try Self.field("X-Forwarded-For"): "127.0.0.1",
        ]
        try await TestServer.run { server in
            let answer = try await server.routes { try await $0.send(.get, "/api/pins", headers: headers) }
            #expect(answer.status == .unauthorized)
        }
    }
}
