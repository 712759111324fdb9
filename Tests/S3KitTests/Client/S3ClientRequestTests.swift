import CurlKit
import S3Kit
import TestServices
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What each operation sends, and what it makes of the answer.
@Suite struct S3ClientRequestTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let name: String
        let run: @Sendable (S3Client) async throws -> String
        let reply: LocalService.Reply
        let request: String
        var headers: [String: String] = [:]
        var body = ""
        let result: String
        var testDescription: String { name }
    }

    static let upload = "<InitiateMultipartUploadResult><UploadId>u/1</UploadId></InitiateMultipartUploadResult>"
    static let xmlns = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

    static let operations: [Operation] = [
        Operation(
            name: "put",
            run: { client in
                try await client.put(
                    Array("hello".utf8), to: "a b/é?",
                    options: S3PutOptions(contentType: "text/plain", contentEncoding: "zstd", conditions: .absent))
            },
            reply: .init(headers: [("ETag", "\"e1\"")]), request: "PUT /bucket/a%20b/%C3%A9%3F",
            headers: [
                "content-type": "text/plain", "content-encoding": "zstd", "if-none-match": "*",
                "content-md5": "XUFAKrxLKna5cZ2REBfFkg==", "content-length": "5",
                "x-amz-content-sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            ], body: "hello", result: "e1"),
        Operation(
            name: "streaming put",
            run: { client in
                let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
                    continuation.yield(Array("he".utf8))
                    continuation.yield(Array("llo".utf8))
                    continuation.finish()
                }
                return try await client.put(streaming: { chunks }, length: 5, to: "k")
            },
            reply: .init(headers: [("ETag", "e2")]), request: "PUT /bucket/k",
            headers: ["content-length": "5", "x-amz-content-sha256": "UNSIGNED-PAYLOAD"], body: "hello", result: "e2"),
        Operation(
            name: "head",
            run: { client in
                let attributes = try await client.head("k")
                return "\(attributes?.size ?? -1) \(attributes?.etag ?? "") \(attributes?.metadata["a"] ?? "")"
                    + " \(attributes?.lastModified?.timeIntervalSince1970 ?? 0)"
            },
            reply: .init(headers: [
                ("Content-Length", "7"), ("ETag", "W/\"e\""), ("X-Amz-Meta-A", "b"),
                ("Last-Modified", "Mon, 12 Oct 2009 17:50:30 GMT"),
            ]), request: "HEAD /bucket/k", result: "7 e b 1255369830.0"),
        Operation(
            name: "get",
            run: { client in
                let object = try await client.get(
                    "k", range: .bytes(1...3),
                    conditions: S3Conditions(
                        ifMatch: "m", ifNoneMatch: ["n", "\"o\""],
                        ifModifiedSince: Date(timeIntervalSince1970: 1_255_369_830)))
                let text = String(decoding: try await object.body.collect(upTo: 10), as: UTF8.self)
                return "\(text) \(object.range) \(object.attributes.size) \(object.attributes.contentType ?? "")"
            },
            reply: .init(
                status: 206, headers: [("Content-Range", "bytes 1-3/5"), ("Content-Type", "text/x")], body: "ell"),
            request: "GET /bucket/k",
            headers: [
                "range": "bytes=1-3", "if-match": "\"m\"", "if-none-match": "\"n\", \"o\"",
                "if-modified-since": "Mon, 12 Oct 2009 17:50:30 GMT",
            ], result: "ell 1..<4 5 text/x"),
        Operation(
            name: "get from", run: { "\(try await $0.get("k", range: .from(2)).range)" },
            reply: .init(body: "whole"), request: "GET /bucket/k", headers: ["range": "bytes=2-"], result: "0..<5"),
        Operation(
            name: "get last", run: { "\(try await $0.get("k", range: .last(2)).range)" },
            reply: .init(status: 206, headers: [("Content-Range", "bytes 3-4/5")], body: "lo"),
            request: "GET /bucket/k", headers: ["range": "bytes=-2"], result: "3..<5"),
        Operation(
            name: "copy", run: { try await $0.copy("a é", to: "b") },
            reply: .init(body: "<CopyObjectResult><ETag>\"c\"</ETag></CopyObjectResult>"), request: "PUT /bucket/b",
            headers: ["x-amz-copy-source": "bucket/a%20%C3%A9"], result: "c"),
        Operation(
            name: "delete",
            run: { client in
                try await client.delete("k")
                return ""
            }, reply: .init(status: 204), request: "DELETE /bucket/k", result: ""),
        Operation(
            name: "list",
            run: { client in
                let page = try await client.list(
                    prefix: "a&b", delimiter: "/", startAfter: "a&b c", continuationToken: "t=", limit: 5000)
                return page.objects.map(\.key).joined()
            },
            reply: .init(body: "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>"),
            request: """
                GET /bucket?continuation-token=t%3D&delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000\
                &prefix=a%26b&start-after=a%26b%20c
                """, result: "k"),
        Operation(
            name: "create upload",
            run: { try await $0.createMultipartUpload("k", options: S3PutOptions(contentType: "x/y")) },
            reply: .init(body: upload), request: "POST /bucket/k?uploads=", headers: ["content-type": "x/y"],
            result: "u/1"),
        Operation(
            name: "upload part",
            run: { client in
                let part = try await client.uploadPart(Array("p".utf8), of: "k", uploadID: "u/1", number: 10_000)
                return "\(part.number) \(part.etag) \(part.size)"
            },
            reply: .init(headers: [("ETag", "\"p1\"")]), request: "PUT /bucket/k?partNumber=10000&uploadId=u%2F1",
            body: "p", result: "10000 p1 1"),
        Operation(
            name: "complete",
            run: { client in
                try await client.completeMultipartUpload(
                    "k", uploadID: "u", parts: [S3Part(number: 2, etag: "b"), S3Part(number: 1, etag: "\"a\"")])
            },
            reply: .init(
                body: " \n<CompleteMultipartUploadResult><ETag>\"c-2\"</ETag></CompleteMultipartUploadResult>"),
            request: "POST /bucket/k?uploadId=u",
            body: """
                <CompleteMultipartUpload \(xmlns)><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>\
                <Part><PartNumber>2</PartNumber><ETag>&quot;b&quot;</ETag></Part></CompleteMultipartUpload>
                """, result: "c-2"),
        Operation(
            name: "abort",
            run: { client in
                try await client.abortMultipartUpload("k", uploadID: "u")
                return ""
            }, reply: .init(status: 404, body: TestBucket.error("NoSuchUpload")),
            request: "DELETE /bucket/k?uploadId=u", result: ""),
        Operation(
            name: "list parts",
            run: { "\(try await $0.listParts("k", uploadID: "u", after: 7, limit: 0).parts.count)" },
            reply: .init(body: "<ListPartsResult/>"),
            request: "GET /bucket/k?max-parts=1&part-number-marker=7&uploadId=u", result: "0"),
        Operation(
            name: "list uploads",
            run: { client in
                let page = try await client.listMultipartUploads(
                    prefix: "nar/", after: .init(key: "nar/a", uploadID: "u"))
                return "\(page.uploads.count)"
            },
            reply: .init(body: "<ListMultipartUploadsResult/>"),
            request: """
                GET /bucket?key-marker=nar%2Fa&max-uploads=1000&prefix=nar%2F&upload-id-marker=u\
                &uploads=
                """, result: "0"),
        Operation(
            name: "list uploads by identifier",
            run: { client in
                let page = try await client.listMultipartUploads(after: .init(key: "", uploadID: "u"))
                return "\(page.next?.key ?? "none") \(page.next?.uploadID ?? "none")"
            },
            reply: .init(
                body: """
                    <ListMultipartUploadsResult><IsTruncated>true</IsTruncated><KeyMarker/>\
                    <NextUploadIdMarker>v</NextUploadIdMarker></ListMultipartUploadsResult>
                    """),
            request: "GET /bucket?max-uploads=1000&upload-id-marker=u&uploads=", result: " v"),
        Operation(
            name: "bucket", run: { "\(try await $0.bucketExists())" }, reply: .init(status: 404),
            request: "HEAD /bucket", result: "false"),
        Operation(
            name: "versioning", run: { try await $0.versioning().rawValue },
            reply: .init(
                body: "<VersioningConfiguration \(xmlns)><Status>Suspended</Status></VersioningConfiguration>"),
            request: "GET /bucket?versioning=", result: "suspended"),
        Operation(
            name: "probe", run: { "\(try await $0.probe()?.timeIntervalSince1970 ?? 0)" },
            reply: .init(headers: [("Date", "Mon, 12 Oct 2009 17:50:30 GMT")], body: "<ListBucketResult/>"),
            request: "GET /bucket?list-type=2&max-keys=1", result: "1255369830.0"),
        Operation(
            name: "create bucket",
            run: { client in
                try await client.createBucket()
                return ""
            }, reply: .init(status: 409, body: TestBucket.error("BucketAlreadyOwnedByYou")), request: "PUT /bucket",
            result: ""),
    ]

    @Test(arguments: operations)
    func sends(operation: Operation) async throws {
        try await TestBucket.run { _, _ in
            operation.reply
        } test: { client, service in
            let result = try await operation.run(client)
            let requests = service.requests
            #expect(result == operation.result)
            #expect(requests.map { "\($0.method) \($0.target)" } == [operation.request])
            #expect(requests.map(\.text) == [operation.body])
            for (name, value) in operation.headers { #expect(requests.first?.headers[name] == value) }
            let authorization = requests.first?.headers["authorization"] ?? ""
            #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/"))
            #expect(authorization.contains("/us-east-1/s3/aws4_request,SignedHeaders="))
            for name in operation.headers.keys where name != "content-length" {
                #expect(authorization.contains(name))
            }
        }
    }

    @Test func presignsURLs() async throws {
        try await TestBucket.run { _, _ in
            .init()
        } test: { client, service in
            let date = Date(timeIntervalSince1970: 1_800_000_000)
            let part = try await client.presignedPart(
                "nar/x", uploadID: "u", number: 3, lifetime: .seconds(18_000), date: date)
            let scope = "20270115%2Fus-east-1%2Fs3%2Faws4_request"
            #expect(
                part.hasPrefix(
                    """
                    \(service.url)/bucket/nar/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F\(scope)\
                    &X-Amz-Date=20270115T080000Z&X-Amz-Expires=18000&X-Amz-SignedHeaders=host&partNumber=3&uploadId=u\
                    &X-Amz-Signature=
                    """))
            let put = try await client.presignedPut("nar/x", lifetime: .seconds(5), date: date)
            let get = try await client.presignedGet("nar/x", lifetime: .seconds(5), date: date)
            #expect(put != get)
        }
    }

    @Test(arguments: ["", String(repeating: "k", count: 1025), String(repeating: "é", count: 513)])
    func refusesKeys(key: String) async throws {
        try await TestBucket.run { _, _ in
            .init()
        } test: { client, service in
            await expectS3Error(.invalidArgument) { _ = try await client.head(key) }
            await expectS3Error(.invalidArgument) { _ = try await client.presignedPut(key, lifetime: .seconds(1)) }
            #expect(service.requests.isEmpty)
        }
    }

    @Test(arguments: [S3Range.from(-1), .last(0), .bytes(-2...4)])
    func refusesRanges(range: S3Range) async throws {
        try await TestBucket.run { _, _ in
            .init()
        } test: { client, service in
            await expectS3Error(.invalidArgument) { _ = try await client.get("k", range: range) }
            #expect(service.requests.isEmpty)
        }
    }
}
