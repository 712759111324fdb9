import CacheCore
import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

/// Paths and keys that try to leave the cache, in every way of writing them.
@Suite(.timeLimit(.minutes(10))) struct TraversalTests {
    /// The files of the data directory, and of the machine.
    static let files = ["api-token", "signing-key", "store-credentials", "niks3.sqlite", "etc/passwd"]

    static let prefixes = [
        "/", "//", "/./", "/../", "/../../", "/%2e%2e/", "/%2E%2E/", "/.%2e/", "/%2e./", "/..%2f", "/..%2F",
        "/%2e%2e%2f",
        "/..%5c", "/..\\", "/%2e%2e%5c", "/%252e%252e%252f", "/..%252f", "/%c0%ae%c0%ae/", "/%c0%af", "/%e0%80%af",
        "/..;/", "/.%00./", "/..%00/", "/nar/../../", "/nar/..%2f..%2f", "/nar/%2e%2e/%2e%2e/", "/log/../../",
        "/log/..%2f..%2f", "/pins/../../", "/pins/..%2f", "/realisations/../../", "/build-trace-v2/a/../../../",
        "/nix-cache-info/../../", "/%2fstore%2f..%2f", "/store/../", "/pending/../../", "/?/../", "http://x/../",
        "http://x//../../", "/.store/../", "/.store/../../", "/.store/..%2f..%2f", "/.store/%2e%2e/",
        "/.store/nar/../../",
        "/api/closures/..%2f..%2f", "/api/objects/../../", "/api/objects/..%2f..%2f",
    ]

    @Test func files() async throws {
        try await TestServer.run { server in
            _ = try server.storage.apiToken()
            try await server.live { port in
                for prefix in Self.prefixes {
                    for file in Self.files {
                        for method in ["GET", "HEAD", "PUT"] {
                            let answer = try await RawConnection.open(port: port) { connection in
                                // With a credential: whoever may write may still not leave the cache.
                                try await connection.send(
                                    "\(method) \(prefix)\(file) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                                        + "Authorization: Bearer \(TestServer.token)\r\nConnection: close\r\n\r\n")
                                return await connection.receiveAll()
                            }
                            let status = answer.dropFirst("HTTP/1.1 ".count).prefix(3)
                            #expect(
                                ["400", "403", "404", "405"].contains(status)
                                    || prefix == "/?/../" && status == "200", "\(method) \(prefix)\(file): \(answer)")
                        }
                    }
                }
            }
        }
    }

    static let narInfo = String(repeating: "0", count: 32) + ".narinfo"

    @Test(arguments: [
        ("nix-cache-info", "narinfo"), ("index.html", "narinfo"), ("pins/a", "narinfo"),
        ("pending/1/\(narInfo)", "narinfo"),
        ("../\(narInfo)", "narinfo"), ("/\(narInfo)", "narinfo"), ("./\(narInfo)", "narinfo"),
        ("%2e%2e/\(narInfo)", "narinfo"),
        ("\(narInfo)/..", "narinfo"), ("\(narInfo)\u{0}", "narinfo"), ("\(narInfo)?x", "narinfo"),
        ("a\\\(narInfo)", "narinfo"),
        ("\(narInfo)\n", "narinfo"), ("\(narInfo) ", "narinfo"), ("E\(narInfo.dropFirst())", "narinfo"),
        ("", "narinfo"),
        ("nar/../\(narInfo)", "nar"), ("nar/x.nar", "nar"), ("nar/../../etc/passwd", "nar"),
        ("nar/\(String(repeating: "0", count: 52)).nar.zst/../x", "nar"),
        ("nar/\(String(repeating: "0", count: 52)).exe", "nar"),
        ("nar//\(String(repeating: "0", count: 52)).nar", "nar"),
        ("NAR/\(String(repeating: "0", count: 52)).nar", "nar"),
        ("log/../x.drv", "build_log"), ("log/a/b.drv", "build_log"), ("log/..", "build_log"), ("log/x", "build_log"),
        ("realisations/../sha256:00!out.doi", "realisation"), ("realisations/sha256:00!../x.doi", "realisation"),
        ("build-trace-v2/../out.doi", "realisation"), ("build-trace-v2/a/../out.doi", "realisation"),
        (".store/x", "nar"), ("api-token", "nar"), (String(repeating: "a", count: 100_000), "nar"),
    ])
    func keysOutsideTheTable(key: String, type: String) async throws {
        let object = UploadObject(key: key, type: try #require(ObjectType(rawValue: type)))
        let root = UploadObject(key: Self.narInfo, type: .narinfo)
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let answer = try await push.send(
                    .post, "/api/pending_closures", CreateUploadRequest(closure: Self.narInfo, objects: [root, object]))
                #expect(answer.status == .badRequest, "\(answer.text)")
                let parts = try await client.send(
                    .post, "/api/multipart/request-parts", token: TestServer.token,
                    fields: ["object_key": key, "upload_id": "u", "start_part_number": 1, "num_parts": 1])
                #expect([400, 404].contains(parts.status.code), "\(parts.text)")
                let complete = try await client.send(
                    .post, "/api/uploads/complete", token: TestServer.token, fields: ["object_key": key])
                #expect([400, 404].contains(complete.status.code), "\(complete.text)")
            }
        }
    }
}

extension TestClientProtocol {
    /// Sends a JSON object.
    fileprivate func send(
        _ method: HTTPRequest.Method, _ path: String, token: String, fields: [String: any CustomStringConvertible]
    ) async throws -> TestResponse {
        let members = fields.sorted { $0.key < $1.key }.map { name, value in
            let text = value as? Int
            return "\"\(name)\":" + (text.map(String.init) ?? Self.quoted("\(value)"))
        }
        return try await send(method, path, body: "{\(members.joined(separator: ","))}", token: token)
    }

    private static func quoted(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map { scalar in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case "\0"..."\u{1F}": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
                default: String(scalar)
                }
            }.joined() + "\""
    }
}
