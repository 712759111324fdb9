import CacheCore
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NarKit
import Testing

@testable import CacheServer

@Suite struct ReadProxyTests {
    static let hash = String(repeating: "0", count: 32)
    static let narHash = String(repeating: "1", count: 52)

    @Test(arguments: [
        ("nix-cache-info", "text/x-nix-cache-info"), ("\(hash).narinfo", "text/x-nix-narinfo"),
        ("nar/\(narHash).nar.zst", "application/x-nix-nar"), ("\(hash).ls", "application/json"),
        ("realisations/sha256:ab!out.doi", "application/json"), ("build-trace-v2/a.drv/out.doi", "application/json"),
        ("log/\(hash)-a.drv", "text/plain; charset=utf-8"), ("index.html", "text/html; charset=utf-8"),
        ("pins/a-b_c.1", "text/plain; charset=utf-8"),
    ])
    func servesKeys(key: String, contentType: String) async throws {
        try await TestServer.run { server in
            try await server.put("content", at: key)
            try await server.routes { client in
                let get = try await client.send(.get, "/" + key)
                #expect(get.status == .ok)
                #expect(get.text == "content")
                let head = try await client.send(.head, "/" + key)
                #expect(head.status == .ok)
                #expect(head.text == "")
                for headers in [get.headers, head.headers] {
                    #expect(headers[.contentType] == contentType)
                    #expect(headers[.contentLength] == "7")
                    #expect(headers[.acceptRanges] == "bytes")
                    #expect(headers[.contentEncoding] == nil)
                    #expect(headers[.xContentTypeOptions] == "nosniff")
                    #expect(headers[.eTag]?.hasPrefix("\"") == true)
                    #expect(headers[.lastModified]?.hasSuffix(" GMT") == true)
                }
            }
        }
    }

    @Test(arguments: [
        "pending/1/\(hash).narinfo", "pins/..", "pins/a/b", "nar/x.nar", "other", "api-token", "../api-token",
        "\(hash).narinfo/", "/\(hash).narinfo", "%2e%2e/api-token", "nar/..%2f\(hash).narinfo", "niks3.sqlite",
        "log/a/../b.drv", "%00", "%ff", "nar/%2e%2e/\(hash).narinfo",
    ])
    func nothingElse(path: String) async throws {
        try await TestServer.run { server in
            try await server.put("staged", at: "pending/1/\(Self.hash).narinfo")
            try await server.put("content", at: "\(Self.hash).narinfo")
            try await server.routes { client in
                for method in [HTTPRequest.Method.get, .head] {
                    let response = try await client.send(method, "/" + path)
                    #expect(response.status == .notFound)
                }
            }
        }
    }

    @Test func keysThatAreNotThere() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let get = try await client.send(.get, "/\(Self.hash).narinfo")
                #expect(get.status == .notFound)
                #expect(get.text == "404 page not found")
                #expect(try await client.send(.head, "/\(Self.hash).narinfo").status == .notFound)
            }
        }
    }

    @Test(arguments: [
        ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"), ("bytes=8-100", 206, "89", "bytes 8-9/10"),
        ("bytes=0-9223372036854775807", 206, "0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, "the range is past the end of the object", "bytes */10"),
        ("bytes=-0", 416, "the range is past the end of the object", "bytes */10"),
        ("bytes=1-2,4-5", 200, "0123456789", nil), ("bytes=5-1", 200, "0123456789", nil),
        ("items=1-2", 200, "0123456789", nil),
    ])
    func ranges(range: String, status: Int, body: String, contentRange: String?) async throws {
        try await TestServer.run { server in
            for key in ["nar/\(Self.narHash).nar", "\(Self.hash).ls"] {
                try await server.put("0123456789", at: key)
                let response = try await server.routes { try await $0.send(.get, "/" + key, headers: [.range: range]) }
                #expect(response.status.code == status)
                #expect(response.text == body)
                #expect(response.headers[.contentRange] == contentRange)
                #expect(response.headers[.contentLength] == String(body.utf8.count))
            }
        }
    }

    @Test func conditions() async throws {
        try await TestServer.run { server in
            let key = "\(Self.hash).narinfo"
            try await server.put("content", at: key)
            try await server.routes { client in
                let first = try await client.send(.get, "/" + key)
                let tag = try #require(first.headers[.eTag])
                let date = try #require(first.headers[.lastModified])
                let earlier = "Sun, 06 Nov 1994 08:49:37 GMT"
                let table: [(HTTPFields, Int)] = [
                    ([.ifNoneMatch: tag], 304), ([.ifNoneMatch: String(tag.dropFirst().dropLast())], 304),
                    ([.ifNoneMatch: "\"x\", W/\(tag)"], 304), ([.ifNoneMatch: "*"], 304),
                    ([.ifNoneMatch: "\"x\""], 200), ([.ifNoneMatch: "\"x\"", .ifModifiedSince: date], 200),
                    ([.ifModifiedSince: date], 304), ([.ifModifiedSince: earlier], 200),
                    ([.ifModifiedSince: "yesterday"], 200), ([.ifNoneMatch: tag, .range: "bytes=0-1"], 304),
                    ([.ifRange: tag, .range: "bytes=0-1"], 206), ([.ifRange: date, .range: "bytes=0-1"], 206),
                    ([.ifRange: "\"x\"", .range: "bytes=0-1"], 200), ([.ifRange: earlier, .range: "bytes=0-1"], 200),
                ]
                for (headers, status) in table {
                    let get = try await client.send(.get, "/" + key, headers: headers)
                    #expect(get.status.code == status, "\(headers)")
                    #expect(get.headers[.eTag] == tag)
                    if status == 304 {
                        #expect(get.text == "")
                        #expect(get.headers[.contentType] == nil)
                        #expect(try await client.send(.head, "/" + key, headers: headers).status.code == 304)
                    }
                }
            }
        }
    }

    @Test(arguments: ["\(hash).ls", "realisations/sha256:ab!out.doi", "log/\(hash)-a.drv"])
    func codedBodiesArePassedOnOrDecoded(key: String) async throws {
        try await TestServer.run { server in
            let coded = try Compression.compress(Array("content".utf8), format: .zstd)
            try await server.put(coded, at: key, contentEncoding: "zstd")
            try await server.routes { client in
                let passed = try await client.send(.get, "/" + key, headers: [.acceptEncoding: "gzip, zstd"])
                #expect(passed.headers[.contentEncoding] == "zstd")
                #expect(Array(buffer: passed.body) == coded)
                #expect(passed.headers[.vary] == "Accept-Encoding")
                let tag = try #require(passed.headers[.eTag])
                let part = try await client.send(
                    .get, "/" + key, headers: [.acceptEncoding: "zstd", .range: "bytes=0-1"])
                #expect(part.status == .partialContent)

                let decoded = try await client.send(.get, "/" + key, headers: [.range: "bytes=0-1"])
                #expect(decoded.status == .ok)
                #expect(decoded.text == "content")
                #expect(decoded.headers[.contentEncoding] == nil)
                #expect(decoded.headers[.eTag] == "W/" + tag)
                #expect(decoded.headers[.acceptRanges] == nil)
                #expect(decoded.headers[.vary] == "Accept-Encoding")
                let head = try await client.send(.head, "/" + key)
                #expect(head.headers[.contentLength] == nil)
                #expect(head.headers[.eTag] == decoded.headers[.eTag])
                #expect(head.headers[.contentType] == decoded.headers[.contentType])
                let unchanged = try await client.send(.get, "/" + key, headers: [.ifNoneMatch: tag])
                #expect(unchanged.status == .notModified)
            }
        }
    }

    @Test func narinfosArePlain() async throws {
        try await TestServer.run { server in
            let key = "\(Self.hash).narinfo"
            try await server.put(
                try Compression.compress(Array("content".utf8), format: .zstd), at: key, contentEncoding: "zstd")
            let response = try await server.routes {
                try await $0.send(.get, "/" + key, headers: [.acceptEncoding: "zstd"])
            }
            #expect(response.text == "content")
            #expect(response.headers[.contentEncoding] == nil)
            #expect(response.headers[.vary] == nil)
        }
    }

    @Test func withoutTheReadSide() async throws {
        try await TestServer.run(servesReads: false) { server in
            try await server.put("content", at: "nix-cache-info")
            try await server.routes { client in
                let get = try await client.send(.get, "/nix-cache-info")
                #expect(get.status == .notFound)
                let post = try await client.send(.post, "/nix-cache-info")
                #expect(post.status == .methodNotAllowed)
            }
        }
    }
}
