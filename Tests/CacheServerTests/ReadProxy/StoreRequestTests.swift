import CacheCore
import HTTPTypes
import HummingbirdTesting
import NarKit
import Testing

/// How often the object store is asked for a read.
@Suite struct StoreRequestTests {
    static let hash = String(repeating: "0", count: 32)
    static let nar = "nar/\(String(repeating: "1", count: 52)).nar.zst"
    static let narInfo = "\(hash).narinfo"
    static let listing = "\(hash).ls"

    /// Reads a key of a store that holds it, plain or coded.
    private func calls(
        _ method: HTTPRequest.Method, _ key: String, coded: Bool = false, headers: HTTPFields = [:], status: Int = 200
    ) async throws -> [String] {
        let calls = WatchedObjectStore.Calls()
        return try await TestServer.run(reading: { WatchedObjectStore($0, noting: calls) }) { server in
            let content = Array("0123456789".utf8)
            try await server.put(
                coded ? try Compression.compress(content, format: .zstd) : content, at: key,
                contentEncoding: coded ? "zstd" : nil)
            return try await server.routes { client in
                let response = try await client.send(method, "/" + key, headers: headers)
                #expect(response.status.code == status)
                return calls.take()
            }
        }
    }

    @Test(arguments: [narInfo, nar, listing], [false, true])
    func wholeObjects(key: String, coded: Bool) async throws {
        #expect(try await calls(.get, key, coded: coded) == ["GET"])
    }

    @Test(arguments: [narInfo, nar, listing])
    func heads(key: String) async throws {
        #expect(try await calls(.head, key) == [key == Self.narInfo ? "GET" : "HEAD"])
    }

    @Test func headsOfCodedObjects() async throws {
        #expect(try await calls(.head, Self.narInfo, coded: true) == ["GET"])
        #expect(try await calls(.head, Self.listing, coded: true, headers: [.acceptEncoding: "zstd"]) == ["HEAD"])
        #expect(try await calls(.head, Self.listing, coded: true) == ["HEAD"])
    }

    @Test(arguments: [narInfo, nar, listing])
    func ranges(key: String) async throws {
        #expect(try await calls(.get, key, headers: [.range: "bytes=1-2"], status: 206) == ["GET"])
        #expect(try await calls(.get, key, headers: [.range: "bytes=10-"], status: 416) == ["GET"])
    }

    /// A range of a coded object is of no use to somebody who does not know the coding.
    @Test func rangesOfCodedObjects() async throws {
        #expect(try await calls(.get, Self.listing, coded: true, headers: [.range: "bytes=1-2"]) == ["GET", "GET"])
        let headers: HTTPFields = [.range: "bytes=1-2", .acceptEncoding: "zstd"]
        #expect(try await calls(.get, Self.listing, coded: true, headers: headers, status: 206) == ["GET"])
    }

    @Test func conditions() async throws {
        let table: [(HTTPFields, String)] = [
            ([.ifNoneMatch: "\"x\""], "GET unless entityTag(\"x\")"),
            ([.ifNoneMatch: "W/\"x\""], "GET unless entityTag(\"x\")"),
            ([.ifNoneMatch: "x"], "GET unless entityTag(\"x\")"),
            ([.ifNoneMatch: "\"x\", \"y\""], "GET"),
            (
                [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"],
                "GET unless unmodifiedSince(\(Timestamp(seconds: 784_111_777)))"
            ),
            ([.ifModifiedSince: "yesterday"], "GET"),
        ]
        for (headers, call) in table { #expect(try await calls(.get, Self.nar, headers: headers) == [call]) }
        #expect(try await calls(.get, Self.nar, headers: [.ifNoneMatch: "*"], status: 304) == ["GET"])
        let stale: HTTPFields = [.ifRange: "\"x\"", .range: "bytes=1-2"]
        #expect(try await calls(.get, Self.nar, headers: stale) == ["GET", "GET"])
    }

    @Test func ofWhatTheStoreFindsUnchanged() async throws {
        try await TestServer.run(reading: { WatchedObjectStore($0) }) { server in
            let table: [(String, String?)] = [(Self.nar, nil), (Self.listing, "Accept-Encoding")]
            for (key, vary) in table {
                try await server.put("content", at: key)
                try await server.routes { client in
                    let tag = try #require(try await client.send(.get, "/" + key).headers[.eTag])
                    let response = try await client.send(.get, "/" + key, headers: [.ifNoneMatch: tag])
                    #expect(response.status == .notModified)
                    #expect(response.headers[.eTag] == tag)
                    #expect(response.headers[.vary] == vary)
                    #expect(response.text == "")
                }
            }
        }
    }

    @Test(
        arguments: [
            (ObjectStoreError.Code.throttled, 429, "2", "the object store is busy; try again"),
            (.unavailable, 503, nil, "the object store does not answer; try again"),
            (.denied, 500, nil, "internal error; the server's log says more"),
        ] as [(ObjectStoreError.Code, Int, String?, String)])
    func failures(code: ObjectStoreError.Code, status: Int, retryAfter: String?, text: String) async throws {
        let failing = { (base: any ObjectStore) -> any ObjectStore in
            WatchedObjectStore(base) { _ throws(ObjectStoreError) in throw ObjectStoreError(code, "secret") }
        }
        try await TestServer.run(reading: failing) { server in
            try await server.routes { client in
                let response = try await client.send(.get, "/" + Self.nar)
                #expect(response.status.code == status)
                #expect(response.headers[.retryAfter] == retryAfter)
                #expect(response.text == text)
            }
        }
    }
}
