import CacheCore
import CacheStorage
import HTTPTypes
import HummingbirdTesting
import NarKit
import TestServices
import Testing

@testable import CacheServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A cache that is filled from another one.
@Suite(.timeLimit(.minutes(2))) struct PullThroughTests {
    @Test(arguments: [true, false])
    func theNextReaderGetsItFromHere(hasFileHash: Bool) async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a", references: [SamplePath("b")], hasFileHash: hasFileHash)
            try await fixture.offer(path)
            let text = try path.narInfo(signedBy: fixture.key)
            let narInfo = try await fixture.get(path.key)
            #expect(narInfo.outcome == "200 MISS")
            #expect(narInfo.text == text)
            #expect(narInfo.headers[.contentType] == "text/x-nix-narinfo")
            #expect(try await fixture.client.send(.head, "/" + path.key).outcome == "200 HIT")
            // Nobody has asked for the NAR yet, so there is nothing that could be kept.
            try await fixture.expectNothing(of: path)
            #expect(try await fixture.client.send(.head, "/" + path.url).outcome == "200 MISS")

            let nar = try await fixture.get(path.url, [.range: "bytes=1-2"])
            #expect(nar.outcome == "200 MISS")
            #expect(nar.bytes == path.file)
            #expect(nar.headers[.contentType] == "application/x-nix-nar")
            #expect(nar.headers[.contentLength] == String(path.file.count))
            #expect(nar.headers[.acceptRanges] == nil)
            #expect(try await fixture.stored(path.url) == path.file)
            #expect(try await fixture.stored(path.key) == Array(text.utf8))
            #expect(try await fixture.server.uploads.closure(path.key)?.objects == [path.key, path.url].sorted())
            #expect(try await fixture.server.uploads.pendingUploads() == 0)

            // The upstream may vanish.
            let asked = fixture.asked
            fixture.proxy.setRules(FaultRule(.internalError) { _ in true })
            #expect(try await fixture.get(path.key).text == text)
            let again = try await fixture.get(path.url, [.range: "bytes=1-2"])
            #expect(again.outcome == "206 HIT")
            #expect(again.bytes == Array(path.file[1...2]))
            #expect(try await fixture.get(path.key).outcome == "200 HIT")
            #expect(fixture.asked == asked)
        }
    }

    @Test func whoMayNotReadHasNothingPulled() async throws {
        let reader = try StaticTokenAuthenticator(
            token: TestServer.token, holder: Principal(name: "reader", scopes: .read))
        try await PullFixture.run(authenticators: [reader]) { fixture in
            let path = try UpstreamPath("a")
            try await fixture.offer(path)
            for headers: HTTPFields in [[:], [.authorization: "Bearer \(String(TestServer.token.reversed()))"]] {
                for key in [path.key, path.url] {
                    for method in [HTTPRequest.Method.get, .head] {
                        #expect(
                            try await fixture.client.send(method, "/" + key, headers: headers).status == .unauthorized)
                    }
                }
            }
            #expect(fixture.asked == 0)
            try await fixture.expectNothing(of: path)
            // As Nix sends what its netrc-file says, and as others do.
            let basic = Data("nix:\(TestServer.token)".utf8).base64EncodedString()
            #expect(try await fixture.get(path.key, [.authorization: "Basic \(basic)"]).outcome == "200 MISS")
            let nar = try await fixture.get(path.url, [.authorization: "Bearer \(TestServer.token)"])
            #expect(nar.outcome == "200 MISS")
            #expect(nar.bytes == path.file)
            // What is here by now is nobody else's either.
            for key in [path.key, path.url] {
                #expect(try await fixture.get(key).status == .unauthorized)
            }
        }
    }

    @Test func absenceIsRemembered() async throws {
        try await PullFixture.run({ $0.negativeLifetime = .milliseconds(300) }) { fixture in
            let path = try UpstreamPath("a")
            for key in [path.key, path.url] {
                #expect(try await fixture.get(key).outcome == "404 MISS")
                #expect(try await fixture.get(key).outcome == "404 NEGATIVE")
            }
            #expect(fixture.asked == 2)
            try await fixture.offer(path)
            try await Task.sleep(for: .milliseconds(350))
            #expect(try await fixture.get(path.url).outcome == "200 MISS")
            // Listings, logs and realisations are not asked for.
            let asked = fixture.asked
            for key in [path.path.listingKey, "log/\(path.path.baseName).drv", "realisations/sha256:ab!out.doi"] {
                #expect(try await fixture.get(key).outcome == "404 -")
            }
            #expect(fixture.asked == asked)
        }
    }

    @Test func whatNobodyHasSignedIsNotServed() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a")
            try await fixture.offer(path, isSigned: false)
            #expect(try await fixture.get(path.key).outcome == "404 MISS")
            let other = try UpstreamPath("b")
            let key = try SecretKey.generate(name: "upstream-1")
            try await fixture.upstream.put(try other.narInfo(signedBy: key), at: other.key)
            #expect(try await fixture.get(other.key).outcome == "404 MISS")
            // Another path's narinfo, and what is none.
            let third = try UpstreamPath("c")
            try await fixture.upstream.put(
                try other.narInfo(signedBy: fixture.key), at: third.key)
            #expect(try await fixture.get(third.key).outcome == "404 MISS")
            let fourth = try UpstreamPath("d")
            try await fixture.upstream.put("<html>", at: fourth.key)
            #expect(try await fixture.get(fourth.key).outcome == "404 MISS")
            for path in [path, other, third, fourth] { try await fixture.expectNothing(of: path) }
        }
    }

    @Test(arguments: [true, false], ["other", "short", "long"])
    func anotherNarIsNeitherSentWholeNorStored(hasFileHash: Bool, how: String) async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a", hasFileHash: hasFileHash)
            try await fixture.offer(path)
            var file = path.file
            switch how {
            case "other": file[file.count - 6] ^= 1
            case "short": file.removeLast()
            default: file.append(0)
            }
            try await fixture.upstream.put(file, at: path.url)
            #expect(try await fixture.get(path.key).outcome == "200 MISS")
            await #expect(throws: (any Error).self) { try await fixture.get(path.url) }
            try await fixture.expectNothing(of: path)
            // Once it is the right one, all is well.
            try await fixture.upstream.put(path.file, at: path.url)
            #expect(try await fixture.get(path.url).bytes == path.file)
            #expect(try await fixture.stored(path.url) == path.file)
        }
    }

    @Test func anUpstreamThatBreaksOff() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a", nar: Self.noise(20 << 20))
            try await fixture.offer(path)
            #expect(try await fixture.get(path.key).outcome == "200 MISS")
            for bytes in [0, 1000, 15 << 20] {
                fixture.proxy.setRules(FaultRule(.truncateReply(afterBytes: bytes)) { _ in true })
                await #expect(throws: (any Error).self) { try await fixture.get(path.url) }
                try await fixture.expectNothing(of: path)
            }
            fixture.proxy.setRules()
            #expect(try await fixture.get(path.url).bytes == path.file)
            #expect(try await fixture.stored(path.url) == path.file)
        }
    }

    @Test func anUpstreamThatFails() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a")
            try await fixture.offer(path)
            for fault in [Fault.internalError, .slowDown, .resetBeforeRequest, .truncateReply(afterBytes: 10)] {
                fixture.proxy.setRules(FaultRule(fault) { _ in true })
                #expect(try await fixture.get(path.key).outcome == "502 MISS", "\(fault)")
            }
            fixture.proxy.setRules(FaultRule(.internalError) { _ in true })
            #expect(try await fixture.get(path.url).outcome == "502 MISS")
            fixture.proxy.setRules(FaultRule(.delay(.milliseconds(300))) { _ in true })
            #expect(try await fixture.get(path.key).outcome == "200 MISS")
            #expect(try await fixture.get(path.url).bytes == path.file)
        }
    }

    /// The first upstream that has it counts; one that fails is not taken for one that lacks it.
    @Test func severalUpstreams() async throws {
        try await PullFixture.run({ $0.upstreams.insert("http://127.0.0.1:1", at: 0) }) { fixture in
            let path = try UpstreamPath("a")
            #expect(try await fixture.get(path.key).outcome == "502 MISS")
            try await fixture.offer(path)
            #expect(try await fixture.get(path.key).outcome == "200 MISS")
            #expect(try await fixture.get(path.url).bytes == path.file)
            #expect(try await fixture.stored(path.url) == path.file)
        }
    }

    @Test func aNarOfWhichNothingIsKnownIsPassedOn() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a")
            try await fixture.offer(path)
            for _ in 0..<2 {
                let nar = try await fixture.get(path.url)
                #expect(nar.outcome == "200 MISS")
                #expect(nar.bytes == path.file)
            }
            try await fixture.expectNothing(of: path)
        }
    }

    @Test(arguments: ["other/a.nar.zst", "nar/a.nar.lz4", "nar/a.nar.zst?hash=b"])
    func aNarUnderAnotherNameIsPassedOn(url: String) async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a")
            let text = try path.narInfo(signedBy: fixture.key, url: url)
            try await fixture.upstream.put(text, at: path.key)
            fixture.proxy.setRules(
                FaultRule(.answer(status: 200, contentType: "x/y", body: "the NAR")) { $0.target == "/" + url })
            #expect(try await fixture.get(url).outcome == "404 -")
            #expect(try await fixture.get(path.key).text == text)
            // Not what the narinfo says: not given out whole.
            let answer = try? await fixture.get(url)
            #expect(answer?.status != .ok)
            try await fixture.expectNothing(of: path)
        }
    }

    @Test func requestsThatComeBackAreNotPassedOn() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a")
            try await fixture.offer(path)
            let pull = try #require(fixture.server.pull)
            let loop: HTTPFields = [.cdnLoop: "other, \(pull.name)"]
            for key in [path.key, path.url] { #expect(try await fixture.get(key, loop).outcome == "404 MISS") }
            #expect(fixture.asked == 0)
            try await Task.sleep(for: .seconds(2.1))
            #expect(try await fixture.get(path.key, [.cdnLoop: "other"]).outcome == "200 MISS")
        }
    }

    /// One of many readers stores a NAR; all get it.
    @Test func manyReaders() async throws {
        try await PullFixture.run({ $0.narConcurrency = 3 }) { fixture in
            let path = try UpstreamPath("a", nar: Self.noise(1 << 20))
            try await fixture.offer(path)
            let narInfos = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await fixture.get(path.key).outcome } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(narInfos.isSubset(of: ["200 MISS", "200 HIT"]))
            #expect(fixture.asked == 1)
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<10 { group.addTask { try await fixture.get(path.url).bytes } }
                for try await bytes in group { #expect(bytes == path.file) }
            }
            #expect(try await fixture.stored(path.url) == path.file)
            #expect(try await fixture.server.uploads.pendingUploads() == 0)
        }
    }

    /// A NAR that is here already, as that of another path with the same contents.
    @Test func aNarThatIsHere() async throws {
        try await PullFixture.run { fixture in
            let nar = Array("the same".utf8)
            let paths = try [UpstreamPath("a", nar: nar), UpstreamPath("b", nar: nar)]
            for path in paths { try await fixture.offer(path) }
            for path in paths {
                #expect(try await fixture.get(path.key).outcome == "200 MISS")
                #expect(try await fixture.get(path.url).bytes == path.file)
                #expect(try await fixture.server.uploads.closure(path.key)?.objects == [path.key, path.url].sorted())
            }
            #expect(fixture.proxy.exchanges.count { $0.request.target == "/" + paths[0].url } == 1)
        }
    }

    /// The reader goes away in the middle of it.
    @Test func readersThatGoAway() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a", nar: Self.noise(40 << 20))
            try await fixture.offer(path)
            try await fixture.server.live { port in
                for target in [path.key, path.url] {
                    try await RawConnection.open(port: port, receiveBuffer: 4096) { connection in
                        try await connection.send("GET /\(target) HTTP/1.1\r\nHost: x\r\n\r\n")
                        try await connection.receive(until: "\r\n\r\n")
                    }
                }
                while try await fixture.stored(path.key) == nil { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(try await fixture.stored(path.url) == path.file)
        }
    }

    @Test func theyAgeLikeOthersAndAreNotTakenForPushed() async throws {
        try await PullFixture.run { fixture in
            let path = try UpstreamPath("a", hasFileHash: false)
            try await fixture.offer(path)
            _ = try await fixture.get(path.key)
            _ = try await fixture.get(path.url)
            let before = try #require(try await fixture.server.uploads.closure(path.key)?.updatedAt)
            #expect(try await fixture.server.uploads.present([path.key]) == [])
            let pin = try await fixture.client.send(
                .post, "/api/pins/x", body: "{\"store_path\":\"/nix/store/\(path.path.baseName)\"}",
                token: TestServer.token)
            #expect(pin.status == .notFound)
            _ = try await fixture.get(path.key)
            #expect(try await fixture.server.uploads.closure(path.key)?.updatedAt == before)

            let status = try await fixture.server.collections.collect(
                GCParameters(olderThan: "0s", failedUploadsOlderThan: "0s", force: true))
            #expect(status.stats.oldClosuresDeleted == 1)
            try await fixture.expectNothing(of: path)
            // It comes again.
            #expect(try await fixture.get(path.key).outcome == "200 MISS")
            #expect(try await fixture.get(path.url).bytes == path.file)
            #expect(try await fixture.stored(path.key) != nil)
        }
    }

    /// Bytes that do not compress.
    private static func noise(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
