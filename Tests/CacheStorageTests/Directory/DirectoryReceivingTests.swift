import CacheCore
import Testing

@testable import CacheStorage

@Suite struct DirectoryReceivingTests {
    /// How a request is changed on its way, and what comes of it.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let code: String
        let change: @Sendable (inout StoreRequest) -> Void

        init(_ name: String, _ status: Int, _ code: String, _ change: @escaping @Sendable (inout StoreRequest) -> Void)
        {
            testDescription = name
            self.status = status
            self.code = code
            self.change = change
        }

        static func replacing(_ old: String, _ new: String, _ status: Int, _ code: String) -> Attack {
            Attack("\(old) → \(new)", status, code) { $0.query = $0.query.replacing(old, with: new) }
        }

        static func path(_ path: String, _ status: Int = 403, _ code: String = "SignatureDoesNotMatch") -> Attack {
            Attack(path, status, code) { $0.path = path }
        }
    }

    static let malformed = "AuthorizationQueryParametersError"
    static let mismatch = "SignatureDoesNotMatch"

    static let attacks: [Attack] = [
        Attack("GET", 405, "MethodNotAllowed") { $0.method = "GET" },
        Attack("POST", 405, "MethodNotAllowed") { $0.method = "POST" },
        Attack("DELETE", 405, "MethodNotAllowed") { $0.method = "DELETE" },
        Attack("put", 405, "MethodNotAllowed") { $0.method = "put" },
        Attack("other host", 403, mismatch) { $0.host = "evil.example" },
        Attack("other port", 403, mismatch) { $0.host = "cache.example:80" },
        Attack("no host", 403, mismatch) { $0.host = "" },
        Attack("two hosts", 403, mismatch) { $0.host = "cache.example:5751\nx:y" },
        Attack("no query", 400, malformed) { $0.query = "" },
        Attack("huge query", 400, malformed) { $0.query += "&a=" + String(repeating: "a", count: 100_000) },
        Attack("many parameters", 400, malformed) { $0.query += (0..<100).map { "&p\($0)=" }.joined() },
        Attack("added parameter", 403, mismatch) { $0.query += "&uploadId=x" },
        Attack("added limit", 400, malformed) { $0.query += "&x-niks3-max-size=1000000" },
        Attack("double signature", 400, malformed) {
            $0.query += "&X-Amz-Signature=" + String(repeating: "0", count: 64)
        },
        Attack("broken escape", 400, malformed) { $0.query += "&a=%zz" },
        Attack("escape that is no UTF-8", 400, malformed) { $0.query += "&a=%ff" },
        .replacing("max-size=100", "max-size=1000000", 403, mismatch),
        .replacing("&x-niks3-max-size=100", "", 403, mismatch),
        .replacing("X-Amz-Expires=3600", "X-Amz-Expires=604800", 403, mismatch),
        .replacing("X-Amz-Expires=3600", "X-Amz-Expires=99999999999999999999", 400, malformed),
        .replacing("X-Amz-Expires=3600&", "", 400, malformed),
        .replacing("20270115T080000Z", "20270115T090000Z", 403, mismatch),
        .replacing("20270115T080000Z", "20270115", 400, malformed),
        .replacing("TESTKEY", "OTHERKEY", 403, mismatch),
        .replacing("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", 400, malformed),
        .replacing("SignedHeaders=host", "SignedHeaders=host%3Bx", 400, malformed),
        .replacing("SignedHeaders=host", "SignedHeaders=", 400, malformed),
        .replacing("X-Amz-Signature=", "X-Amz-Signature=00", 400, malformed),
        .path("/.store/nar/other"), .path("/.store/nar/1x/"), .path("/.store//nar/1x"), .path("/.store/"),
        .path("/.store"), .path("/"), .path("/.store/nar/1X"), .path("/.store/nar%2f..%2f1x"),
        .path("/.store/../.store/nar/1x"), .path("/.store/nar/../nar/1x"), .path("/.store/%2e%2e/nar/1x"),
        .path("/.store/..%2f..%2fetc%2fpasswd"), .path("/.store/nar%252f1x"), .path("/.store/nar/1x%00"),
        .path("/.store/nar/1x%ff"), .path("/.store/nar/1x%", 400, malformed), .path("", 400, malformed),
        .path("nar/1x", 400, malformed), .path("/.store/" + String(repeating: "a", count: 5000), 400, malformed),
        Attack("length beyond the limit", 413, "EntityTooLarge") { $0.contentLength = 101 },
        Attack("negative length", 400, "IncompleteBody") { $0.contentLength = -1 },
        Attack("length too long", 400, "IncompleteBody") { $0.contentLength = 5 },
        Attack("length too short", 400, "IncompleteBody") { $0.contentLength = 3 },
        Attack("control character in a header", 400, "InvalidArgument") { $0.contentType = "a\nb" },
        Attack("long header", 400, "InvalidArgument") { $0.contentEncoding = String(repeating: "a", count: 256) },
        Attack("aws-chunked", 501, "NotImplemented") { $0.contentEncoding = "aws-chunked,zstd" },
    ]

    @Test(arguments: attacks)
    func refuses(_ attack: Attack) async throws {
        try await withDirectoryStore { fixture in
            var grant = fixture.grant
            grant.maximumSize = 100
            let url = try await fixture.store.presignedPut(for: "nar/1x", grant: grant)
            var request = StoreRequest(putting: url, contentLength: 4)
            attack.change(&request)
            let response = await fixture.directory.receive(request, body: Body(chunks: [[1, 2], [3, 4]]))
            #expect(response.status == attack.status)
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(
                text.hasPrefix(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(attack.code)</Code><Message>"))
            #expect(text.hasSuffix("</Message></Error>"))
            #expect(response.headers.first?.value == "application/xml")
            #expect(try fixture.files() == [])
        }
    }

    /// Spellings of one URL that clients and proxies make of it.
    @Test func otherSpellingsAreTaken() async throws {
        try await withDirectoryStore { fixture in
            let key = "realisations/sha256:ab!out.doi"
            let url = try await fixture.store.presignedPut(for: key, grant: fixture.grant)
            for path in ["/.store/\(key)", "/.store/realisations%2fsha256%3aab%21out%2Edoi"] {
                var request = StoreRequest(putting: url, contentLength: nil)
                request.path = path
                request.host = "CACHE.example:5751"
                request.query = request.query.split(separator: "&").reversed().joined(separator: "&")
                let response = await fixture.directory.receive(request, body: Body(chunks: [Array(path.utf8)]))
                #expect(response.status == 200)
                #expect(try await fixture.text(key) == path)
            }
        }
    }

    @Test(arguments: [
        ("http", "Cache.Example:80", "cache.example"), ("https", "cache.example:443", "cache.example"),
        ("https", "cache.example:80", "cache.example:80"), ("http", "[::1]:5751", "[::1]:5751"),
    ])
    func theHostIsWhatClientsSend(scheme: String, authority: String, host: String) async throws {
        try await withDirectoryStore { fixture in
            var grant = fixture.grant
            grant.origin = URLOrigin(scheme: scheme, authority: authority)
            let url = try await fixture.store.presignedPut(for: "key", grant: grant)
            #expect(url.hasPrefix("\(scheme)://\(host)/.store/key?"))
            #expect(try await fixture.put([1], to: url, contentType: nil, contentEncoding: nil).status == 200)
        }
    }

    /// Seconds from the start of the URL's life of an hour to the request.
    @Test(arguments: [
        (-3600, 403, "Request is not valid yet: check the clock of the server."), (-15, 200, nil), (0, 200, nil),
        (3600, 200, nil), (3601, 403, "Request has expired: ask the server for a new URL."),
    ])
    func aURLHasItsTime(seconds: Int64, status: Int, message: String?) async throws {
        try await withDirectoryStore { fixture in
            let url = try await fixture.store.presignedPut(for: "key", grant: fixture.grant)
            fixture.clock.advance(by: .seconds(seconds))
            let response = await fixture.directory.receive(
                StoreRequest(putting: url, contentLength: 1), body: Body(chunks: [[1]]))
            #expect(response.status == status)
            let text = String(decoding: response.body, as: UTF8.self)
            let expected = message.map {
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    + "<Error><Code>AccessDenied</Code><Message>\($0)</Message></Error>"
            }
            #expect(text == expected ?? "")
        }
    }

    /// A PUT that began in time may end late, but not for ever.
    @Test(arguments: [(3600 + 3600, 200), (3600 + 3601, 403)])
    func aBodyThatEndsLate(seconds: Int64, status: Int) async throws {
        try await withDirectoryStore { fixture in
            let url = try await fixture.store.presignedPut(for: "key", grant: fixture.grant)
            let body = Body(chunks: [pattern(40_000), [1]]) { index in
                if index == 1 { fixture.clock.advance(by: .seconds(seconds)) }
            }
            let response = await fixture.directory.receive(
                StoreRequest(putting: url, contentLength: 40_001), body: body)
            #expect(response.status == status)
            #expect(try fixture.files() == (status == 200 ? ["objects/ke/key"] : []))
        }
    }

    /// Bodies of 100,000 bytes that fail in various ways, with a limit of as much.
    @Test(
        arguments: [
            (99_999, 100_000, false, 400), (100_000, 100_000, true, 400), (100_001, nil, false, 413),
            (50_000, nil, true, 400), (100_001, 100_000, false, 413), (100_000, 100_000, false, 200),
            (100_000, nil, false, 200),
        ] as [(Int, Int64?, Bool, Int)])
    func bodiesAreHeldToTheirLength(sent: Int, told: Int64?, isCut: Bool, status: Int) async throws {
        try await withDirectoryStore { fixture in
            var grant = fixture.grant
            grant.maximumSize = 100_000
            let id = try await fixture.store.beginMultipart(for: "key", contentType: "t", maximumSize: 100_000)
            let before = try fixture.files()
            let urls = [
                try await fixture.store.presignedPut(for: "key", grant: grant),
                try await fixture.store.presignedPart(for: "key", uploadID: id, partNumber: 1, grant: grant),
            ]
            for url in urls {
                let body = Body(chunks: pattern(sent).chunked(7000), isCut: isCut)
                let response = await fixture.directory.receive(
                    StoreRequest(putting: url, contentLength: told), body: body)
                #expect(response.status == status)
            }
            if status != 200 { #expect(try fixture.files() == before) }
            #expect(try await fixture.store.attributes(of: "key")?.size == (status == 200 ? 100_000 : nil))
            let parts = try await fixture.store.listParts(for: "key", uploadID: id, after: nil, limit: 9).parts
            #expect(parts.map(\.size) == (status == 200 ? [100_000] : []))
        }
    }

    @Test func cancellationLeavesNothing() async throws {
        try await withDirectoryStore { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: "t", maximumSize: nil)
            let before = try fixture.files()
            let urls = [
                try await fixture.store.presignedPut(for: "key", grant: fixture.grant),
                try await fixture.store.presignedPart(for: "key", uploadID: id, partNumber: 1, grant: fixture.grant),
            ]
            for url in urls {
                let (started, start) = AsyncStream.makeStream(of: Void.self)
                let body = Body(chunks: Array(repeating: pattern(30_000), count: 3)) { index in
                    guard index == 2 else { return }
                    start.finish()
                    try await Task.sleep(for: .seconds(60))
                }
                let task = Task {
                    await fixture.directory.receive(StoreRequest(putting: url, contentLength: 90_000), body: body)
                }
                for await _ in started {}
                task.cancel()
                #expect(await task.value.status == 400)
                #expect(try fixture.files() == before)
            }
        }
    }

    /// What botocore 1.43 makes of the same key, time and credentials (frozen to 2027-01-15T08:00:00Z):
    ///
    ///     S3SigV4QueryAuth(Credentials("TESTKEY", "test-secret"), "s3", "local", expires=18000).add_auth(
    ///         AWSRequest(method="PUT", url="http://cache.example:5751/.store/…?x-niks3-max-size=1000"))
    @Test func signsAsOthersDo() async throws {
        try await withDirectoryStore { fixture in
            let key = "pending/17/realisations/sha256:ab!out.doi"
            let grant = UploadGrant(
                signedAt: fixture.now(), lifetime: .seconds(18000), origin: fixture.origin, maximumSize: 1000)
            let url = try await fixture.store.presignedPut(for: key, grant: grant)
            #expect(
                url
                    == "http://cache.example:5751/.store/pending/17/realisations/sha256%3Aab%21out.doi"
                    + "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                    + "&X-Amz-Credential=TESTKEY%2F20270115%2Flocal%2Fs3%2Faws4_request"
                    + "&X-Amz-Date=20270115T080000Z&X-Amz-Expires=18000&X-Amz-SignedHeaders=host"
                    + "&x-niks3-max-size=1000"
                    + "&X-Amz-Signature=cabb8df88b80d3b120f483976e1ecce704612f531005b45d24b91ca20d2ac8c4")
            // A part of an upload that does not exist: the signature is right, so that is what is said.
            let part =
                "http://cache.example:5751/.store/nar/1b.nar.zst?partNumber=3"
                + "&uploadId=00112233445566778899aabbccddeeff&x-niks3-max-size=66560"
                + "&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=TESTKEY%2F20270115%2Flocal%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20270115T080000Z&X-Amz-Expires=18000&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=59a40e785591955eb4738659a0a86ac47c009bf82eaffee4e227b5d85c88c91a"
            #expect(try await fixture.put([1], to: part, contentType: nil, contentEncoding: nil).status == 404)
        }
    }

    @Test func aGrantWithoutOriginIsRefused() async throws {
        try await withDirectoryStore { fixture in
            var grant = fixture.grant
            grant.origin = nil
            let error = await #expect(throws: ObjectStoreError.self) {
                try await fixture.store.presignedPut(for: "key", grant: grant)
            }
            #expect(
                error?.message
                    == "No URL can be made for key: the address by which the client reaches the server is unknown.")
        }
    }

    @Test func errorsAreWellFormed() {
        let response = StoreFailure(status: 500, code: "InternalError", message: "a<b>&\u{1}\"é\"").response
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Error><Code>InternalError</Code><Message>a&lt;b&gt;&amp;?\"é\"</Message></Error>")
    }
}
