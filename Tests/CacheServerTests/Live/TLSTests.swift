import CacheCore
import CacheServer
import CacheStorage
import CurlKit
import Synchronization
import Testing
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// TLS by the server itself, with and without certificates of clients.
@Suite(.timeLimit(.minutes(2))) struct TLSTests {
    /// What a server and its clients need.
    private struct Setting: Sendable {
        let certificates: TestCertificates
        let files: TLSFiles
        let identity: TLSIdentity

        init(directory: String, asksClients: Bool) throws {
            certificates = try TestCertificates(directory: directory)
            let server = try certificates.issue("server", subject: try TestCertificates.subject("localhost"))
            files = TLSFiles(
                certificate: server.certificate, key: server.key,
                clientAuthority: asksClients ? certificates.authority : nil)
            identity = try TLSIdentity(files: files, logger: TestServer.silent)
        }

        /// A client that trusts the authority and may show a certificate.
        func client(_ own: TestCertificates.Files? = nil) -> HTTPClient {
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            configuration.certificateAuthorityFile = certificates.authority
            configuration.clientCertificateFile = own?.certificate
            configuration.clientKeyFile = own?.key
            return HTTPClient(configuration: configuration)
        }
    }

    private static func status(
        _ client: HTTPClient, _ port: Int, _ path: String, token: String? = nil
    ) async throws -> Int {
        let headers = HTTPHeaders(token.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? [])
        let response = try await client.execute(HTTPRequest(url: "https://127.0.0.1:\(port)\(path)", headers: headers))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status
    }

    @Test func withoutClientCertificates() async throws {
        try await withTemporaryDirectory { directory in
            let setting = try Setting(directory: directory, asksClients: false)
            try await TestServer.run(tls: setting.identity) { server in
                try await server.put("text", at: "nix-cache-info")
                try await server.live { (port: Int) async throws -> Void in
                    let client = setting.client()
                    #expect(try await Self.status(client, port, "/nix-cache-info") == 200)
                    #expect(try await Self.status(client, port, "/api/pins") == 401)
                    #expect(try await Self.status(client, port, "/api/pins", token: TestServer.token) == 200)
                    // Whoever speaks without TLS is not heard.
                    try await RawConnection.open(port: port) { connection in
                        try await connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(await connection.receiveAll().contains("200 OK") == false)
                    }
                    await client.shutdown()
                }
            }
        }
    }

    @Test func clientCertificates() async throws {
        try await withTemporaryDirectory { directory in
            let setting = try Setting(directory: directory, asksClients: true)
            let rules = CertificateRules(
                writers: [try Glob("CN=ci,OU=build,O=Acme")], readers: [try Glob("CN=*,OU=readers,O=Acme")])
            let authenticators: [any Authenticator] = [
                TLSCertificateAuthenticator(rules: rules, now: { StoreClock.systemTime() }),
                try StaticTokenAuthenticator(token: TestServer.token),
            ]
            let otherDirectory = directory + "/other"
            try FileManager.default.createDirectory(atPath: otherDirectory, withIntermediateDirectories: true)
            let strangers = try TestCertificates(directory: otherDirectory)
            func issue(_ name: String, _ unit: String, days: Double = 1, by authority: TestCertificates) throws
                -> TestCertificates.Files
            {
                let subject = try TestCertificates.subject(name, unit: unit, organization: "Acme")
                return try authority.issue("\(name)-\(unit)-\(days)", subject: subject, days: days)
            }
            let writer = setting.client(try issue("ci", "build", by: setting.certificates))
            let reader = setting.client(try issue("laptop", "readers", by: setting.certificates))
            let nobody = setting.client(try issue("ci", "sales", by: setting.certificates))
            let expired = setting.client(try issue("ci", "build", days: -1, by: setting.certificates))
            let stranger = setting.client(try issue("ci", "build", by: strangers))
            let plain = setting.client()
            try await TestServer.run(authenticators: authenticators, tls: setting.identity) { server in
                try await server.put("text", at: "nix-cache-info")
                try await server.live { (port: Int) async throws -> Void in
                    for (client, reading, writing, deleting) in [
                        (writer, 200, 200, 404), (reader, 200, 403, 403), (nobody, 401, 401, 401),
                        (plain, 401, 401, 401),
                    ] {
                        // Twice, over a connection that is kept.
                        for _ in 0..<2 {
                            #expect(try await Self.status(client, port, "/nix-cache-info") == reading)
                            #expect(try await Self.status(client, port, "/api/pins") == writing)
                            #expect(try await Self.status(client, port, "/api/gc/status") == deleting)
                        }
                        // A certificate that does not match leaves the token.
                        #expect(
                            try await Self.status(client, port, "/nix-cache-info", token: TestServer.token)
                                == 200)
                    }
                    for client in [expired, stranger] {
                        await #expect(throws: (any Error).self) {
                            try await Self.status(client, port, "/health", token: TestServer.token)
                        }
                    }
                    #expect(try await Self.status(plain, port, "/api/pins", token: TestServer.token) == 200)
                    // The fields of a proxy count for nothing where the server itself looks at certificates.
                    let pretending = try await plain.execute(
                        HTTPRequest(
                            url: "https://127.0.0.1:\(port)/api/pins",
                            headers: [
                                "X-SSL-Client-Verify": "SUCCESS", "X-SSL-Client-Dn": "CN=ci,OU=build,O=Acme",
                            ]))
                    _ = try await pretending.body.collect(upTo: 1 << 20)
                    #expect(pretending.status == 401)
                    for client in [writer, reader, nobody, expired, stranger, plain] { await client.shutdown() }
                }
            }
        }
    }

    /// A connection outlasts the certificate that it was made with.
    @Test func certificatesThatExpireMeanwhile() async throws {
        try await withTemporaryDirectory { directory in
            let setting = try Setting(directory: directory, asksClients: true)
            let own = try setting.certificates.issue("ci", subject: try TestCertificates.subject("ci"))
            let time = Mutex(StoreClock.systemTime())
            let log = LogRecorder()
            let authenticator = TLSCertificateAuthenticator(
                rules: CertificateRules(), now: { time.withLock { $0 } })
            try await TestServer.run(
                authenticators: [authenticator], tls: setting.identity, logger: log.logger
            ) { server in
                try await server.live { (port: Int) async throws -> Void in
                    let client = setting.client(own)
                    #expect(try await Self.status(client, port, "/api/pins") == 200)
                    time.withLock { $0 = $0 + .seconds(2 * 86_400) }
                    #expect(try await Self.status(client, port, "/api/pins") == 401)
                    await client.shutdown()
                }
            }
            #expect(log.text.contains("reason=\"the certificate has expired\""), "\(log.text)")
        }
    }

    /// What a client is given leads back over TLS.
    @Test func presignedURLsAreHTTPS() async throws {
        try await withTemporaryDirectory { directory in
            let setting = try Setting(directory: directory, asksClients: false)
            try await TestServer.run(tls: setting.identity) { server in
                try await server.live { (port: Int) async throws -> Void in
                    let client = setting.client()
                    let path = SamplePath("tls")
                    let body = try CreateUploadRequestText.text(of: path)
                    let response = try await client.execute(
                        HTTPRequest(
                            method: "POST", url: "https://127.0.0.1:\(port)/api/pending_closures",
                            headers: HTTPHeaders([(name: "Authorization", value: "Bearer \(TestServer.token)")]),
                            body: .bytes(body)))
                    let text = String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
                    #expect(text.contains(#""presigned_url":"https://127.0.0.1:\#(port)/.store/"#))
                    #expect(!text.contains(#""http:"#))
                    await client.shutdown()
                }
            }
        }
    }

    /// Whoever never ends his handshake, or never begins it, is cut like everybody who says nothing.
    @Test(arguments: ["", "\u{16}", "\u{16}\u{3}\u{1}\u{0}\u{7F}\u{1}"])
    func handshakesThatDoNotEnd(sent: String) async throws {
        try await withTemporaryDirectory { directory in
            let setting = try Setting(directory: directory, asksClients: true)
            try await TestServer.run(limits: HostileClientTests.shortIdle, tls: setting.identity) { server in
                try await server.live { (port: Int) async throws -> Void in
                    try await RawConnection.open(port: port) { connection in
                        try await connection.send(sent)
                        #expect(await connection.receiveAll() == "")
                    }
                }
            }
        }
    }

    @Test func newCertificatesAreTakenOver() async throws {
        try await withTemporaryDirectory { directory in
            let log = LogRecorder()
            let setting = try Setting(directory: directory, asksClients: false)
            let identity = try TLSIdentity(files: setting.files, logger: log.logger)
            try await TestServer.run(tls: identity) { server in
                try await server.live { (port: Int) async throws -> Void in
                    #expect(try await Self.status(setting.client(), port, "/health") == 200)
                    // Another authority, another certificate, in the same files.
                    let next = try Setting(directory: directory, asksClients: false)
                    identity.reload()
                    #expect(try await Self.status(next.client(), port, "/health") == 200)
                    // What is broken is not taken over.
                    try Data("nonsense".utf8).write(to: URL(filePath: setting.files.certificate))
                    identity.reload()
                    #expect(try await Self.status(next.client(), port, "/health") == 200)
                }
            }
            #expect(log.text.contains("NOTICE  the certificate was loaded again path=\(directory)/server.pem"))
            #expect(log.text.contains("ERROR   the certificate is still the one from before reason="))
        }
    }

    @Test func filesThatCannotBeUsed() throws {
        try withTemporaryDirectory { directory in
            let certificates = try TestCertificates(directory: directory)
            let subject = try TestCertificates.subject("localhost")
            let (first, second) = (
                try certificates.issue("a", subject: subject), try certificates.issue("b", subject: subject)
            )
            let empty = directory + "/empty"
            try Data("x".utf8).write(to: URL(filePath: empty))
            for (certificate, key, authority, sentence) in [
                ("/nowhere", first.key, nil, "--tls-cert /nowhere: there is no such file"),
                (first.certificate, "/nowhere", nil, "--tls-key /nowhere: there is no such file"),
                (first.certificate, empty, nil, "--tls-key \(empty): there is no private key in PEM in it"),
                (
                    first.certificate, first.certificate, nil,
                    "--tls-key \(first.certificate): there is no private key in PEM in it"
                ),
                (empty, first.key, nil, "--tls-cert \(empty): there is no certificate in PEM in it"),
                (
                    first.certificate, second.key, nil,
                    "--tls-cert \(first.certificate) and --tls-key \(second.key) cannot be used together; give the key of that certificate"
                ),
                (first.certificate, first.key, "/nowhere", "--tls-client-ca /nowhere: there is no such file"),
                (first.certificate, first.key, empty, "--tls-client-ca \(empty): there is no certificate in PEM in it"),
            ] as [(String, String, String?, String)] {
                let files = TLSFiles(certificate: certificate, key: key, clientAuthority: authority)
                #expect(throws: ConfigurationError(sentence)) {
                    try TLSIdentity(files: files, logger: TestServer.silent)
                }
            }
        }
    }
}
