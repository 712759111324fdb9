import CurlKit
import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client against real services. What one of them does otherwise than Amazon stands where it shows.
@Suite(.timeLimit(.minutes(5))) struct LiveServiceTests {
    static func text(_ object: S3Object) async throws -> String {
        String(decoding: try await object.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    static func keys(_ listing: S3ObjectListing) async throws -> [String] {
        var keys: [String] = []
        for try await object in listing { keys.append(object.key) }
        return keys
    }

    @Test(arguments: LiveService.allCases, S3Addressing.allCases)
    func keepsObjects(service: LiveService, addressing: S3Addressing) async throws {
        try await service.run(addressing: addressing) { client in
            let isThere = try await client.bucketExists()
            #expect(isThere)
            let etag = try await client.put(
                Array("hello".utf8), to: "a/b",
                options: S3PutOptions(contentType: "text/x-nix-narinfo", contentEncoding: "zstd"))
            #expect(etag == "5d41402abc4b2a76b9719d911017c592")
            let head = try await client.head("a/b")
            #expect(head?.size == 5)
            #expect(head?.etag == etag)
            #expect(head?.contentType == "text/x-nix-narinfo")
            #expect(head?.contentEncoding == "zstd")
            #expect(abs(head?.lastModified?.timeIntervalSinceNow ?? 1e9) < 60)
            let whole = try await client.get("a/b")
            #expect(whole.range == 0..<5)
            #expect(try await Self.text(whole) == "hello")

            for (range, expected) in [
                (S3Range.bytes(1...2), "el"), (.from(3), "lo"), (.last(1), "o"), (.bytes(4...100), "o"),
            ] {
                let part = try await client.get("a/b", range: range)
                #expect(part.attributes.size == 5)
                #expect(try await Self.text(part) == expected)
                #expect(part.range.count == expected.utf8.count)
            }
            await expectS3Error(.invalidRange) { _ = try await client.get("a/b", range: .from(5)) }

            await expectS3Error(.notModified) {
                _ = try await client.get("a/b", conditions: S3Conditions(ifNoneMatch: [etag]))
            }
            await expectS3Error(.preconditionFailed) {
                _ = try await client.get("a/b", conditions: S3Conditions(ifMatch: "other"))
            }
            await expectS3Error(.notModified) {
                let later = S3Conditions(ifModifiedSince: Date(timeIntervalSinceNow: 60))
                _ = try await client.get("a/b", conditions: later)
            }
            await expectS3Error(.preconditionFailed) {
                try await client.put([1], to: "a/b", options: S3PutOptions(conditions: .absent))
            }
            #expect(try await client.copy("a/b", to: "c") == etag)
            try await client.delete("a/b")
            try await client.delete("a/b")
            #expect(try await client.head("a/b") == nil)
            await expectS3Error(.noSuchKey) { _ = try await client.get("a/b") }
            #expect(try await client.get("c").attributes.etag == etag)
        }
    }

    static let oddKeys: [String] =
        [
            "a b", "a+b", "a%20b", "a&b=c?d#e", "ä€😀", "e\u{301}", "\"<>'&amp;", "a//b", "/leading", "trailing/", "..",
            "../up", "a/./b/../c", "~!*'()", "a\\b^`{|}", "a\tb\nc\rd", "ctrl\u{1}\u{1F}\u{7F}", "a;b,c:@$",
        ] + [String(repeating: "k", count: 1024), String(repeating: "€", count: 341) + "1"]

    @Test(arguments: LiveService.allCases)
    func keepsOddKeys(service: LiveService) async throws {
        try await service.run { client in
            let oddKeys = Self.oddKeys.filter(service.keeps)
            for key in oddKeys {
                try await client.put(Array(key.utf8), to: key)
                let object = try await client.get(key)
                #expect(try await Self.text(object) == key)
            }
            let sorted = oddKeys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let listed = try await Self.keys(client.objects())
            if service == .seaweed {
                // What lies deeper comes as soon as its directory does.
                #expect(Set(listed.map { Array($0.utf8) }) == Set(sorted.map { Array($0.utf8) }))
                #expect(listed.count == sorted.count)
            } else {
                #expect(listed.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
            }
            let deletion = await client.delete(oddKeys)
            #expect(deletion.failures.isEmpty, "\(deletion.failures)")
            #expect(deletion.deleted.count == oddKeys.count)
            #expect(try await client.list().objects.isEmpty)
        }
    }

    @Test(arguments: LiveService.allCases)
    func listsPageByPage(service: LiveService) async throws {
        try await service.run { client in
            let keys = (0..<25).map { "nar/\($0 / 10)/\($0 % 10)" }
            for key in keys { try await client.put([], to: key) }
            try await client.put([], to: "other")
            var token: String?
            var seen: [String] = []
            var pages = 0
            repeat {
                let page = try await client.list(prefix: "nar/", continuationToken: token, limit: 10)
                seen += page.objects.map(\.key)
                token = page.continuationToken
                pages += 1
            } while token != nil && pages < 10
            #expect(seen == keys)
            #expect(pages == 3)
            let folded = try await client.list(prefix: "nar/", delimiter: "/")
            #expect(folded.commonPrefixes == ["nar/0/", "nar/1/", "nar/2/"])
            #expect(folded.objects.isEmpty)
            #expect(try await Self.keys(client.objects(prefix: "nar/", startAfter: "nar/1/8")) == Array(keys[19...]))
        }
    }

    @Test(arguments: LiveService.allCases)
    func joinsParts(service: LiveService) async throws {
        try await service.run { client in
            let key = "nar/a b"
            let uploadID = try await client.createMultipartUpload(key, options: S3PutOptions(contentType: "a/b"))
            let other = try await client.createMultipartUpload("nar/z")
            let uploads = try await client.listMultipartUploads(prefix: "nar/")
            #expect(uploads.uploads.map(\.key) == [key, "nar/z"])
            #expect(uploads.uploads.map(\.uploadID) == [uploadID, other])
            let first = try await client.listMultipartUploads(prefix: "nar/", limit: 1)
            #expect(first.uploads.map(\.key) == [key])
            let rest = try await client.listMultipartUploads(prefix: "nar/", after: first.next)
            #expect(rest.uploads.map(\.key) == ["nar/z"])
            #expect(rest.next == nil)

            let large = [UInt8](repeating: 1, count: Int(S3Limits.minimumPartSize))
            let two = try await client.uploadPart([2], of: key, uploadID: uploadID, number: 2)
            let one = try await client.uploadPart(large, of: key, uploadID: uploadID, number: 1)
            let page = try await client.listParts(key, uploadID: uploadID, limit: 1)
            #expect(page.parts == [one])
            #expect(try await client.listParts(key, uploadID: uploadID, after: page.next).parts == [two])
            await expectS3Error(.invalidPart) {
                let wrong = S3Part(number: 2, etag: "0123456789abcdef0123456789abcdef")
                try await client.completeMultipartUpload(key, uploadID: uploadID, parts: [one, wrong])
            }
            let etag = try await client.completeMultipartUpload(key, uploadID: uploadID, parts: [two, one])
            // The gateway says it only with the object.
            #expect(etag.isEmpty == (service == .gateway))
            // As when the answer was lost: both take it for done.
            try await client.completeMultipartUpload(key, uploadID: uploadID, parts: [two, one])
            let head = try await client.head(key)
            #expect(head?.size == S3Limits.minimumPartSize + 1)
            #expect(head?.contentType == "a/b")
            #expect(head?.etag.hasSuffix("-2") == true)

            try await client.abortMultipartUpload("nar/z", uploadID: other)
            try await client.abortMultipartUpload("nar/z", uploadID: other)
            await expectS3Error(.noSuchUpload) { _ = try await client.listParts("nar/z", uploadID: other) }
            await expectS3Error(.noSuchUpload) {
                try await client.completeMultipartUpload("nar/z", uploadID: other, parts: [two])
            }
            await expectS3Error(.noSuchUpload) {
                _ = try await client.uploadPart([2], of: "nar/z", uploadID: other, number: 1)
            }
        }
    }

    @Test(arguments: LiveService.allCases)
    func streams(service: LiveService) async throws {
        try await service.run { client in
            let chunk = [UInt8](repeating: 7, count: 100_000)
            try await client.put(
                streaming: {
                    AsyncThrowingStream<[UInt8], any Error> { continuation in
                        for _ in 0..<30 { continuation.yield(chunk) }
                        continuation.finish()
                    }
                }, length: 3_000_000, to: "k")
            let object = try await client.get("k")
            var count = 0
            for try await piece in object.body { count += piece.count }
            #expect(count == 3_000_000)
        }
    }

    @Test(arguments: LiveService.allCases)
    func takesPresignedURLs(service: LiveService) async throws {
        try await service.run { client in
            let http = client.sender
            func send(_ method: String, _ url: String, _ body: String = "") async throws -> (Int, String) {
                let response = try await http.execute(
                    HTTPRequest(
                        method: method, url: url, headers: ["Content-Type": "application/x-nix-nar"],
                        body: method == "PUT" ? .bytes(Array(body.utf8)) : .none))
                return (response.status, String(decoding: try await response.body.collect(upTo: 65_536), as: UTF8.self))
            }
            let put = try await client.presignedPut("nar/ü", lifetime: .seconds(60))
            #expect(try await send("PUT", put, "bytes").0 == 200)
            #expect(try await client.head("nar/ü")?.contentType == "application/x-nix-nar")
            let get = try await client.presignedGet("nar/ü", lifetime: .seconds(60))
            let read = try await send("GET", get)
            #expect(read == (200, "bytes"))
            #expect(try await send("PUT", get, "bytes").0 == 403)
            // Each is good for one key and one method.
            for method in ["GET", "DELETE"] { #expect(try await send(method, put).0 == 403, "\(method)") }
            for key in ["nar/v", "nar/%C3%BC/x", "nix-cache-info"] {
                #expect(try await send("PUT", put.replacing("nar/%C3%BC", with: key), "other").0 == 403, "\(key)")
            }
            #expect(try await client.list().objects.map(\.key) == ["nar/ü"])

            let uploadID = try await client.createMultipartUpload("nar/m")
            let part = try await client.presignedPart("nar/m", uploadID: uploadID, number: 1, lifetime: .seconds(60))
            #expect(try await send("PUT", part, "part").0 == 200)
            let parts = try await client.listParts("nar/m", uploadID: uploadID).parts
            try await client.completeMultipartUpload("nar/m", uploadID: uploadID, parts: parts)

            let late = try await client.presignedPut(
                "late", lifetime: .seconds(5), date: Date(timeIntervalSinceNow: -10))
            #expect(try await send("PUT", late, "bytes").0 == 403)
            #expect(try await client.head("late") == nil)
        }
    }

    /// What the safety of collections rests on: a write or delete of ours that arrives late has no effect.
    @Test(arguments: LiveService.allCases)
    func refusesWhatComesTooLate(service: LiveService) async throws {
        try await service.run { client in
            func validity(_ age: Double) -> S3Validity {
                S3Validity(start: Date(timeIntervalSinceNow: -age), lifetime: .seconds(60))
            }
            let inTime = validity(30)
            let late = validity(65)
            for key in ["a", "b", "c", "d"] {
                try await client.put([1], to: key, options: S3PutOptions(contentType: "x/y", validity: inTime))
            }
            await expectS3Error(.tooLate) {
                try await client.put([1, 2], to: "a", options: S3PutOptions(contentType: "x/y", validity: late))
            }
            await expectS3Error(.tooLate) {
                try await client.put([1], to: "new", options: S3PutOptions(validity: late))
            }
            await expectS3Error(.tooLate) { try await client.delete("a", validity: late) }
            await expectS3Error(.tooLate) { try await client.copy("a", to: "new", validity: late) }
            let refused = await client.delete(["a", "b"], validity: late)
            #expect(refused.failures.mapValues(\.code) == ["a": .tooLate, "b": .tooLate])
            #expect(try await client.list().objects.map(\.size) == [1, 1, 1, 1])

            try await client.delete("a", validity: inTime)
            let deletion = await client.delete(["b", "c", "never there"], validity: inTime)
            #expect(deletion.deleted == ["b", "c", "never there"])
            #expect(deletion.failures.isEmpty)
            #expect(try await client.list().objects.map(\.key) == ["d"])
        }
    }

    @Test(arguments: LiveService.allCases)
    func checksWhatIsSigned(service: LiveService) async throws {
        try await service.run { client in
            let signer = SigV4(credentials: LiveService.credentials, region: client.region)
            let headers = [("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg=="), ("Content-Type", "text/plain")]
            let url = signer.presignedURL(
                method: "PUT", endpoint: client.endpoint, key: "k", headers: headers, lifetime: .seconds(60),
                date: Date())
            for (type, body, status) in [
                ("text/html", "hello", 403), ("text/plain", "other", 400), ("text/plain", "hello", 200),
            ] {
                let response = try await client.sender.execute(
                    HTTPRequest(
                        method: "PUT", url: url,
                        headers: ["Content-MD5": "XUFAKrxLKna5cZ2REBfFkg==", "Content-Type": type],
                        body: .bytes(Array(body.utf8))))
                #expect(response.status == status)
                _ = try await response.body.collect(upTo: 65_536)
            }
        }
    }

    @Test(arguments: LiveService.allCases)
    func refusesStrangers(service: LiveService) async throws {
        for credentials in [
            S3Credentials(accessKeyID: "testaccesskey", secretAccessKey: "wrong"),
            S3Credentials(accessKeyID: "nobody", secretAccessKey: "testsecretkey"),
        ] {
            do {
                try await service.run(credentials: credentials) { _ in }
                Issue.record("\(credentials) made a bucket")
            } catch let error as S3Error {
                #expect(error.status == 403)
                #expect(["SignatureDoesNotMatch", "InvalidAccessKeyId"].contains(error.code.rawValue))
                #expect(!error.isRetryable)
            }
        }
    }

    @Test(arguments: LiveService.allCases, [-7200.0, 7200])
    func goesByTheServicesClock(service: LiveService, offset: Double) async throws {
        try await service.run(now: { Date(timeIntervalSinceNow: offset) }) { client in
            try await client.put([1], to: "k")
            #expect(abs(client.clockOffset / .seconds(1) + offset) < 60)
            #expect(try await client.head("k")?.size == 1)
        }
    }

    @Test(arguments: LiveService.allCases)
    func deletesAThousandAtATime(service: LiveService) async throws {
        try await service.run { client in
            let keys = (0..<1010).map { "k\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, key) in keys.enumerated() {
                    if index >= 32 { try await group.next() }
                    group.addTask { try await client.put([], to: key) }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.keys(client.objects()).count == 1010)
            let deletion = await client.delete(keys)
            #expect(deletion.deleted == Set(keys))
            #expect(try await client.list().objects.isEmpty)
        }
    }

    @Test(arguments: LiveService.allCases)
    func knowsAbsentBuckets(service: LiveService) async throws {
        try await service.run { client in
            let absent = S3Client(
                endpoint: S3Endpoint(
                    scheme: "http", host: client.endpoint.host, port: client.endpoint.port, bucket: "not-there"),
                credentials: S3CredentialsCache(StaticCredentials(LiveService.credentials)),
                http: client.sender)
            let exists = try await absent.bucketExists()
            #expect(!exists)
            await expectS3Error(.noSuchBucket) { _ = try await absent.list() }
            await expectS3Error(.noSuchBucket) { try await absent.put([1], to: "k") }
        }
    }
}

extension S3Client {
    /// What sends the client's requests.
    fileprivate var sender: HTTPClient { http }
}
