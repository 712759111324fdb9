import CacheCore
import CurlKit
import S3Kit
import TestServices
import Testing

@testable import CacheStorage

/// What the store does at a real service beyond what every store does.
@Suite(.timeLimit(.minutes(5))) struct S3StoreTests {
    static func query(of target: String) -> [String: String] {
        var values: [String: String] = [:]
        for pair in target.split(separator: "?", maxSplits: 1)[1].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        return values
    }

    @Test func readsWithOneRequest() async throws {
        try await withS3Store { fixture in
            try await fixture.put("0123456789", to: "digits")
            _ = fixture.heads.take()
            for range in [nil, ByteRange.from(2, through: 4), .last(3)] {
                _ = try await fixture.read("digits", range)
                #expect(fixture.heads.take().map { $0.prefix(4) } == ["GET "])
            }
            _ = try await fixture.read("absent")
            #expect(fixture.heads.take().count == 1)
            _ = try await fixture.read("digits", .from(10, through: nil))
            #expect(fixture.heads.take().map { $0.prefix(4) } == ["GET ", "HEAD"])
        }
    }

    /// What S3 goes by when it refuses a late request: the very instant of the lease, and its length.
    @Test func signsItsOwnChangesForTheirLease() async throws {
        try await withS3Store { fixture in
            let store = fixture.s3
            let start = fixture.now() - .seconds(7)
            let lease = Lease(signedAt: start, validUntil: start + .milliseconds(60_900))
            let day = start.description.filter { $0 != "-" && $0 != ":" }.prefix(15) + "Z"
            try await store.put(
                [1], to: "key", contentType: "text/plain", contentEncoding: "zstd", lease: lease)
            let outcomes = try await store.delete(["key", "other"], lease: lease)
            #expect(outcomes.mapValues { $0?.code } == ["key": nil, "other": nil])
            let sent = fixture.heads.take()
            #expect(sent.map { $0.prefix { $0 != " " } } == ["PUT", "POST"])
            for target in sent {
                let query = Self.query(of: target)
                #expect(query["X-Amz-Date"] == String(day))
                #expect(query["X-Amz-Expires"] == "60")
                #expect(query["X-Amz-SignedHeaders"]?.contains("content-md5") == true)
            }
        }
    }

    @Test func signsURLsOfClientsForTheHostAlone() async throws {
        try await withS3Store { fixture in
            let grant = UploadGrant(
                signedAt: Timestamp(seconds: 1_800_000_000), lifetime: .seconds(18_000), origin: nil, maximumSize: 1)
            let put = try await fixture.s3.presignedPut(for: "nar/x y.nar", grant: grant)
            let part = try await fixture.s3.presignedPart(
                for: "nar/x y.nar", uploadID: "an id", partNumber: 7, grant: grant)
            #expect(put.contains("/nar/x%20y.nar?"))
            var expected: Set = [
                "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
                "X-Amz-Signature",
            ]
            for url in [put, part] {
                let query = Self.query(of: url)
                #expect(query["X-Amz-SignedHeaders"] == "host")
                #expect(query["X-Amz-Date"] == "20270115T080000Z")
                #expect(query["X-Amz-Expires"] == "18000")
                #expect(Set(query.keys) == expected)
                expected.formUnion(["partNumber", "uploadId"])
            }
            #expect(fixture.heads.take() == [])
            for number in [0, 10_001, -1] {
                let error = await #expect(throws: ObjectStoreError.self) {
                    try await fixture.s3.presignedPart(for: "k", uploadID: "id", partNumber: number, grant: grant)
                }
                #expect(error?.code == .invalidPart)
            }
        }
    }

    @Test func sendsReadersToTheBucket() async throws {
        try await withS3Store { fixture in
            try await fixture.s3.put(
                [1, 2, 3], to: "nar/x.nar", contentType: "application/x-nix-nar", contentEncoding: nil,
                lease: fixture.lease)
            let url = try #require(try await fixture.s3.presignedGet(for: "nar/x.nar", lifetime: .seconds(60)))
            #expect(Self.query(of: url)["X-Amz-SignedHeaders"] == "host")
            #expect(Self.query(of: url)["X-Amz-Expires"] == "60")
            let response = try await fixture.http.execute(HTTPRequest(url: url))
            #expect(response.status == 200)
            #expect(try await response.body.collect(upTo: 10) == [1, 2, 3])
            let put = try await fixture.http.execute(HTTPRequest(method: "PUT", url: url, body: .bytes([1])))
            #expect(put.status == 403)
        }
    }

    @Test func findsContentEncodingInMetadata() async throws {
        try await withS3Store { fixture in
            let url = try await fixture.s3.presignedPut(for: "0a.ls", grant: fixture.grant)
            let response = try await fixture.http.execute(
                HTTPRequest(
                    method: "PUT", url: url, headers: ["x-amz-meta-content-encoding": "zstd"], body: .bytes([1])))
            #expect(response.status == 200)
            _ = try await response.body.collect(upTo: 1024)
            #expect(try await fixture.s3.attributes(of: "0a.ls")?.contentEncoding == "zstd")
            #expect(try await fixture.s3.content(of: "0a.ls", range: nil)?.attributes.contentEncoding == "zstd")
        }
    }

    @Test func tellsItsTime() async throws {
        try await withS3Store { fixture in
            let before = fixture.now()
            let time = try #require(try await fixture.s3.serviceTime())
            #expect(time >= before - .seconds(1) && time <= fixture.now() + .seconds(1))
        }
    }

    @Test func knowsWhetherDeletedObjectsAreKept() async throws {
        try await withS3Store { fixture in
            #expect(try await fixture.s3.keepsDeletedObjects() == false)
            for state in ["Enabled", "Suspended"] {
                let signer = SigV4(
                    credentials: S3Credentials(
                        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey),
                    region: fixture.s3.client.region)
                let url = signer.presignedURL(
                    method: "PUT", endpoint: fixture.s3.client.endpoint, key: "", query: [("versioning", "")],
                    lifetime: .seconds(60), date: fixture.now().date)
                let body = "<VersioningConfiguration><Status>\(state)</Status></VersioningConfiguration>"
                let reply = try await fixture.put(
                    Array(body.utf8), to: url, contentType: "application/xml", contentEncoding: nil)
                #expect(reply.status == 200)
                #expect(try await fixture.s3.keepsDeletedObjects())
            }
        }
    }

    @Test func saysWhatToCheckWhenItIsNotLetIn() async throws {
        let wrong = S3Credentials(accessKeyID: S3Service.accessKeyID, secretAccessKey: "not-the-secret")
        try await withS3Store(credentials: wrong, createsBucket: false) { fixture in
            let place = fixture.s3.place
            let error = await #expect(throws: ObjectStoreError.self) { try await fixture.s3.check() }
            #expect(error?.code == .denied)
            #expect(error?.message.contains("in \(place): check the secret key, the region") == true)
            #expect(error?.message.contains("not-the-secret") == false)
            let put = await #expect(throws: ObjectStoreError.self) { try await fixture.put("x", to: "nar/x") }
            #expect(put?.code == .denied)
            #expect(put?.message.hasPrefix("PUT nar/x: ") == true)
        }
        try await withS3Store(createsBucket: false) { fixture in
            let error = await #expect(throws: ObjectStoreError.self) { try await fixture.s3.check() }
            #expect(error?.code == .other)
            #expect(error?.message.hasSuffix(": create the bucket, or correct its name.") == true)
        }
    }
}
