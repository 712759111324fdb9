import CacheCore
import CacheStorage
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NarKit
import Testing

@testable import CacheServer

/// Narinfos in memory, as readers and the object store notice them.
@Suite struct NarInfoCacheTests {
    static let key = "\(String(repeating: "0", count: 32)).narinfo"
    static let other = "\(String(repeating: "1", count: 32)).narinfo"

    private struct Fixture: Sendable {
        let server: TestServer
        let client: any TestClientProtocol
        let calls: WatchedObjectStore.Calls

        func get(_ key: String = key, _ headers: HTTPFields = [:]) async throws -> TestResponse {
            try await client.send(.get, "/" + key, headers: headers)
        }

        /// Writes as the server itself does, so that its readers see it at once.
        func publish(_ text: String, at key: String = key) async throws {
            try await server.following.put(
                Array(text.utf8), to: key, contentType: "text/x-nix-narinfo", contentEncoding: nil,
                lease: try await server.lease)
        }
    }

    private func run(
        _ change: (inout NarInfoCacheLimits) -> Void = { _ in },
        before: @escaping @Sendable (String) async throws(ObjectStoreError) -> Void = { _ in },
        _ body: @escaping @Sendable (Fixture) async throws -> Void
    ) async throws {
        var limits = NarInfoCacheLimits()
        limits.lifetime = .seconds(600)
        limits.absence = .seconds(600)
        change(&limits)
        let calls = WatchedObjectStore.Calls()
        let reading = { (base: any ObjectStore) -> any ObjectStore in
            WatchedObjectStore(base, noting: calls, before: before)
        }
        try await TestServer.run(narInfos: NarInfoCache(limits: limits), reading: reading) { server in
            try await server.routes { try await body(Fixture(server: server, client: $0, calls: calls)) }
        }
    }

    @Test func onceReadItIsHeld() async throws {
        try await run { fixture in
            try await fixture.server.put("0123456789", at: Self.key)
            let first = try await fixture.get()
            #expect(fixture.calls.take() == ["GET"])
            let tag = try #require(first.headers[.eTag])
            let date = try #require(first.headers[.lastModified])
            let table: [(HTTPRequest.Method, HTTPFields, Int, String)] = [
                (.get, [:], 200, "0123456789"), (.head, [:], 200, ""),
                (.get, [.ifNoneMatch: tag], 304, ""), (.head, [.ifNoneMatch: tag], 304, ""),
                (.get, [.ifModifiedSince: date], 304, ""), (.get, [.ifNoneMatch: "\"x\""], 200, "0123456789"),
                (.get, [.range: "bytes=1-2"], 206, "12"), (.get, [.range: "bytes=-3"], 206, "789"),
                (.get, [.range: "bytes=10-"], 416, "the range is past the end of the object"),
                (.get, [.range: "bytes=1-2", .ifRange: "\"x\""], 200, "0123456789"),
            ]
            for (method, headers, status, text) in table {
                let response = try await fixture.client.send(method, "/" + Self.key, headers: headers)
                #expect(response.status.code == status, "\(method) \(headers)")
                #expect(response.text == text)
                guard status < 300 else { continue }
                #expect(response.headers[.contentLength] == String(status == 206 ? text.utf8.count : 10))
                for name in [HTTPField.Name.contentType, .eTag, .lastModified, .acceptRanges, .xContentTypeOptions] {
                    #expect(response.headers[name] == first.headers[name], "\(name)")
                }
            }
            #expect(fixture.calls.take() == [])
        }
    }

    @Test func aHeadIsEnough() async throws {
        try await run { fixture in
            try await fixture.server.put("content", at: Self.key)
            #expect(try await fixture.client.send(.head, "/" + Self.key).headers[.contentLength] == "7")
            #expect(try await fixture.get().text == "content")
            #expect(fixture.calls.take() == ["GET"])
        }
    }

    @Test func codedOnesAreDecodedOnce() async throws {
        try await run { fixture in
            let coded = try Compression.compress(Array("content".utf8), format: .zstd)
            try await fixture.server.put(coded, at: Self.key, contentEncoding: "zstd")
            for _ in 0..<2 {
                let response = try await fixture.get(Self.key, [.acceptEncoding: "zstd", .range: "bytes=0-1"])
                #expect(response.status == .ok)
                #expect(response.text == "content")
                #expect(response.headers[.eTag]?.hasPrefix("W/") == true)
            }
            #expect(fixture.calls.take() == ["GET"])
        }
    }

    @Test func absenceIsRememberedForAWhile() async throws {
        try await run({ $0.absence = .milliseconds(50) }) { fixture in
            #expect(try await fixture.get().status == .notFound)
            #expect(try await fixture.get().status == .notFound)
            #expect(fixture.calls.take() == ["GET"])
            // Another server publishes it.
            try await fixture.server.put("content", at: Self.key)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await fixture.get().text == "content")
            #expect(fixture.calls.take() == ["GET"])
        }
    }

    @Test func whatIsHeldIsConfirmed() async throws {
        try await run({ $0.lifetime = .milliseconds(50) }) { fixture in
            try await fixture.server.put("first", at: Self.key)
            let tag = try #require(try await fixture.get().headers[.eTag]?.dropFirst().dropLast())
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await fixture.get().text == "first")
            #expect(fixture.calls.take() == ["GET", "GET unless entityTag(\"\(tag)\")"])
            // Another server writes something else, or deletes it.
            try await fixture.server.put("second", at: Self.key)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await fixture.get().text == "second")
            _ = try await fixture.server.storage.objects.delete([Self.key], lease: try await fixture.server.lease)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await fixture.get().status == .notFound)
        }
    }

    @Test func whatTheServerChangesIsForgotten() async throws {
        try await run { fixture in
            #expect(try await fixture.get().status == .notFound)
            try await fixture.publish("first")
            #expect(try await fixture.get().text == "first")
            try await fixture.publish("second")
            #expect(try await fixture.get().text == "second")
            _ = try await fixture.server.following.delete([Self.key], lease: try await fixture.server.lease)
            #expect(try await fixture.get().status == .notFound)
        }
    }

    @Test func whatMayHaveBeenChangedIsForgotten() async throws {
        try await run { fixture in
            try await fixture.server.put("content", at: Self.key)
            #expect(try await fixture.get().text == "content")
            let failing = fixture.server.narInfos.following(
                WatchedObjectStore(fixture.server.storage.objects) { _ throws(ObjectStoreError) in
                    throw ObjectStoreError(.unavailable, "no answer")
                })
            let lease = try await fixture.server.lease
            await #expect(throws: ObjectStoreError.self) { try await failing.delete([Self.key], lease: lease) }
            #expect(try await fixture.get().text == "content")
            #expect(fixture.calls.take() == ["GET", "GET"])
        }
    }

    @Test func memoryIsBounded() async throws {
        try await run({ $0.bytes = 10_000 }) { fixture in
            let keys = (0..<20).map { "\(String(repeating: "2", count: 30))\($0 + 10).narinfo" }
            for key in keys { try await fixture.server.put(String(repeating: "x", count: 1000), at: key) }
            for key in keys { #expect(try await fixture.get(key).status == .ok) }
            #expect(fixture.server.narInfos.bytes <= 10_000)
            #expect(fixture.calls.take().count == 20)
            // The last ones are still there, the first ones are not.
            #expect(try await fixture.get(keys[19]).status == .ok)
            #expect(fixture.calls.take() == [])
            #expect(try await fixture.get(keys[0]).status == .ok)
            #expect(fixture.calls.take() == ["GET"])
        }
    }

    @Test func largeOnesAreSentAndNotHeld() async throws {
        try await run({ $0.largest = 5 }) { fixture in
            try await fixture.server.put("content", at: Self.key)
            try await fixture.server.put(
                try Compression.compress([UInt8](repeating: 1, count: 100_000), format: .zstd), at: Self.other,
                contentEncoding: "zstd")
            for _ in 0..<2 {
                #expect(try await fixture.get().text == "content")
                #expect(try await fixture.get(Self.key, [.range: "bytes=0-1"]).text == "co")
                #expect(try await fixture.client.send(.head, "/" + Self.key).headers[.contentLength] == "7")
                #expect(try await fixture.get(Self.other).body.readableBytes == 100_000)
            }
            #expect(fixture.server.narInfos.bytes < 4096)
        }
    }

    @Test func otherSpellingsOfAKey() async throws {
        try await run { fixture in
            try await fixture.server.put("content", at: Self.key)
            for path in ["/%30" + Self.key.dropFirst(), "/" + Self.key + "?x=y", "/" + Self.key] {
                #expect(try await fixture.client.send(.get, path).text == "content")
            }
            #expect(fixture.calls.take() == ["GET"])
        }
    }
}
