import CacheCore
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NarKit
import Testing

@Suite struct PushTests {
    static let leaf = SamplePath("leaf")
    static let top = SamplePath("top", references: [leaf])

    @Test(arguments: ["/api/pending_closures", "/api/pushes"])
    func serverPublishes(family: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client, family: family)
                let request =
                    family == "/api/pushes"
                    ? CreateUploadRequest(roots: [Self.top.narInfoKey], objects: Self.top.closure)
                    : CreateUploadRequest(closure: Self.top.narInfoKey, objects: Self.top.closure)
                let created = try await push.create(request)
                #expect(created.pendingObjects.keys.sorted() == Self.top.closure.map(\.key).sorted())
                for path in [Self.leaf, Self.top] {
                    let url = try #require(created.pendingObjects[path.narKey]?.presignedURL)
                    #expect(url.hasPrefix("http://localhost/.store/nar/"))
                    let nar = try await push.put(path.nar, to: url)
                    #expect(nar.status == .ok)
                    #expect(nar.headers[.eTag]?.isEmpty == false)
                    let listing = try await push.put(
                        Array("{}".utf8), to: created.pendingObjects[path.listingKey]?.presignedURL)
                    #expect(listing.status == .ok)
                }
                let signed = try await push.sign(
                    created.id,
                    SignRequest(
                        narinfos: [
                            Self.leaf.narInfoKey: Self.leaf.signing, Self.top.narInfoKey: Self.top.signing,
                        ], publish: true))
                #expect(signed.publishedByServer == true)
                let signature = try #require(signed.signatures[Self.top.narInfoKey]?.first)
                #expect(try await push.complete(created.id).status == .noContent)
                #expect(try await push.complete(created.id).status == .noContent)

                let narInfo = try await client.send(.get, "/" + Self.top.narInfoKey)
                #expect(narInfo.text == Self.top.narInfo + "Sig: \(signature)\n")
                let nar = try await client.send(.get, "/" + Self.leaf.narKey)
                #expect(Array(buffer: nar.body) == Self.leaf.nar)
                try await look(at: client)
            }
        }
    }

    /// What can be asked about a closure that was pushed.
    private func look(at client: any TestClientProtocol) async throws {
        let push = TestPush(client)
        let again = try await push.create(
            CreateUploadRequest(closure: Self.top.narInfoKey, objects: Self.top.closure))
        #expect(again.pendingObjects.isEmpty)
        let present: PresentResponse = try await push.message(
            .ok, .post, "/api/objects/present",
            PresentRequest(keys: [Self.leaf.narInfoKey, Self.top.narInfoKey, SamplePath("other").narInfoKey]))
        #expect(present.present == [Self.top.narInfoKey])
        let token = TestServer.token
        #expect(try await client.send(.head, "/api/objects/" + Self.top.narKey, token: token).status == .noContent)
        let other = SamplePath("other")
        #expect(try await client.send(.head, "/api/objects/" + other.narKey, token: token).status == .notFound)
        #expect(try await client.send(.get, "/api/objects/" + Self.top.narKey, token: token).status == .notFound)
        let closure = try await client.send(.get, "/api/closures/" + Self.top.narInfoKey, token: token)
        let answer = try ClosureResponse.decode(Array(buffer: closure.body))
        #expect(answer.id == Self.top.narInfoKey)
        #expect(answer.objects == Self.top.closure.map(\.key).sorted())
        #expect(try await client.send(.get, "/api/closures/" + other.narInfoKey, token: token).status == .notFound)
        let statistics = try CacheStatistics.decode(
            Array(buffer: try await client.send(.get, "/api/cache-stats").body))
        #expect(statistics.objects == 6)
    }

    @Test func clientsThatPutNarInfosThemselves() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let created = try await push.create(
                    CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure))
                let signed = try await push.sign(
                    created.id, SignRequest(narinfos: [Self.leaf.narInfoKey: Self.leaf.signing]))
                let signature = try #require(signed.signatures[Self.leaf.narInfoKey]?.first)
                let text = Self.leaf.narInfo + "Sig: \(signature)\n"
                let pending = created.pendingObjects
                #expect(try await push.put(Self.leaf.nar, to: pending[Self.leaf.narKey]?.presignedURL).status == .ok)
                let listing = try await push.put(
                    try Compression.compress(Array("{}".utf8), format: .zstd),
                    to: pending[Self.leaf.listingKey]?.presignedURL, headers: [.contentEncoding: "zstd"])
                #expect(listing.status == .ok)
                let narInfo = try await push.put(
                    try Compression.compress(Array(text.utf8), format: .zstd),
                    to: pending[Self.leaf.narInfoKey]?.presignedURL,
                    headers: [.contentEncoding: "zstd", .contentType: "text/x-nix-narinfo"])
                #expect(narInfo.status == .ok)
                #expect(try await client.send(.get, "/" + Self.leaf.narInfoKey).status == .notFound)
                #expect(try await push.complete(created.id).status == .noContent)
                #expect(try await client.send(.get, "/" + Self.leaf.narInfoKey).text == text)
                #expect(try await client.send(.get, "/" + Self.leaf.listingKey).text == "{}")
            }
        }
    }

    @Test func multipart() async throws {
        try await TestServer.run(settings: { $0.narSinglePut = false }) { server in
            try await server.routes { client in
                let push = TestPush(client)
                let created = try await push.create(
                    CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure))
                let upload = try #require(created.pendingObjects[Self.leaf.narKey]?.multipart)
                let more: PartsResponse = try await push.message(
                    .ok, .post, "/api/multipart/request-parts",
                    PartsRequest(
                        objectKey: Self.leaf.narKey, uploadID: upload.uploadID, startPartNumber: 3, partCount: 2))
                #expect(more.startPartNumber == 3)
                #expect(more.partURLs.count == 2)
                let sent = try await push.put(Self.leaf.nar, to: upload.partURLs.first)
                #expect(sent.status == .ok)
                let tag = try #require(sent.headers[.eTag])
                let completed = try await push.send(
                    .post, "/api/multipart/complete",
                    CompleteMultipartRequest(
                        objectKey: Self.leaf.narKey, uploadID: upload.uploadID,
                        parts: [.init(partNumber: 1, etag: tag)]))
                #expect(completed.status == .noContent, "\(completed.text)")
                let nar = try await client.send(.get, "/" + Self.leaf.narKey)
                #expect(Array(buffer: nar.body) == Self.leaf.nar)
            }
        }
    }

    @Test func missingObjectsAreNamed() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let created = try await push.create(
                    CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure))
                _ = try await push.sign(
                    created.id, SignRequest(narinfos: [Self.leaf.narInfoKey: Self.leaf.signing], publish: true))
                let refused = try await push.complete(created.id)
                #expect(refused.status == .conflict)
                #expect(refused.headers[.contentType] == "application/json")
                let missing = try MissingObjectsResponse.decode(Array(buffer: refused.body))
                #expect(missing.missing == [Self.leaf.narKey])
                let url = created.pendingObjects[Self.leaf.narKey]?.presignedURL
                #expect(try await push.put(Self.leaf.nar, to: url).status == .ok)
                let note = UploadCompletedRequest(objectKey: Self.leaf.narKey)
                #expect(try await push.send(.post, "/api/uploads/complete", note).status == .noContent)
                #expect(try await push.complete(created.id).status == .noContent)
            }
        }
    }

    @Test func uploadedNarsAreNotAskedForAgain() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let request = CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure)
                let first = try await push.create(request)
                let url = first.pendingObjects[Self.leaf.narKey]?.presignedURL
                #expect(try await push.put(Self.leaf.nar, to: url).status == .ok)
                let keys = Self.leaf.closure.map(\.key) + ["nar/\(String(repeating: "0", count: 52)).nar.zst"]
                let answer = try await push.send(.post, "/api/objects/uploaded", UploadedRequest(keys: keys))
                #expect(answer.status == .ok)
                let registered = try UploadedResponse.decode(Array(buffer: answer.body)).registered
                #expect(registered == [Self.leaf.narKey])
                let second = try await push.create(request)
                #expect(second.pendingObjects[Self.leaf.narKey] == nil)
                #expect(second.pendingObjects[Self.leaf.narInfoKey] != nil)
            }
        }
    }

    @Test func largeClosures() async throws {
        let leaves = (0..<400).map { SamplePath("leaf-\($0)") }
        let top = SamplePath("top", references: leaves)
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let created = try await push.create(
                    CreateUploadRequest(closure: top.narInfoKey, objects: top.closure))
                #expect(created.pendingObjects.keys.sorted() == top.closure.map(\.key).sorted())
                let last = try #require(leaves.last)
                #expect(
                    try await push.put(last.nar, to: created.pendingObjects[last.narKey]?.presignedURL).status == .ok)
            }
        }
    }

    @Test func dropping() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                let created = try await push.create(
                    CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure))
                let drop = { (query: String) in
                    try await client.send(.delete, "/api/pending_closures" + query, token: TestServer.token).status
                }
                #expect(try await drop("") == .noContent)
                #expect(try await drop("?older-than=1x") == .badRequest)
                #expect(try await drop("?older-than=-1h") == .badRequest)
                let signing = SignRequest(narinfos: [:])
                #expect(try await push.sign(created.id, signing) == SignResponse(signatures: [:]))
                #expect(try await drop("?older-than=0s") == .noContent)
                #expect(try await push.complete(created.id).status == .notFound)
            }
        }
    }

    @Test func presignedURLsFollowTheConfiguredOrigin() async throws {
        let origin = URLOrigin(scheme: "https", authority: "cache.example.org")
        try await TestServer.run(serverURL: origin) { server in
            try await server.routes { client in
                let created = try await TestPush(client).create(
                    CreateUploadRequest(closure: Self.leaf.narInfoKey, objects: Self.leaf.closure))
                let url = created.pendingObjects[Self.leaf.narKey]?.presignedURL
                #expect(url?.hasPrefix("https://cache.example.org/.store/nar/") == true)
                // The request comes to another host than the one that was signed.
                let refused = try await TestPush(client).put(Self.leaf.nar, to: url)
                #expect(refused.status == .forbidden)
                #expect(refused.headers[.contentType] == "application/xml")
                #expect(refused.text.contains("<Code>SignatureDoesNotMatch</Code>"))
            }
        }
    }
}
