import CacheCore
import CurlKit
import S3Kit
import TestServices
import Testing

extension EndToEnd {
    /// NARs of more parts than a server offers at once.
    @Suite(.serialized)
    struct LargeNars {
        /// The smallest part that S3 takes before the last one.
        private static let partSize = 5 << 20

        @Test("a NAR in 120 parts")
        func manyParts() async throws {
            // 600 MB, which go with the service.
            let s3 = S3Service()
            let nix = try NixSandbox()
            let sample = SampleClosure(narSize: 2 << 30)
            let storage = try await ServiceStorage(for: nix, s3: s3)
            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                let created = try await Self.create(sample, on: server)
                let upload = try #require(created.pendingObjects[sample.narKey]?.multipart)
                #expect(upload.partURLs.count == 100)
                let more = try await server.message(
                    "/api/multipart/request-parts",
                    PartsRequest(
                        objectKey: sample.narKey, uploadID: upload.uploadID, startPartNumber: 101, partCount: 20),
                    as: PartsResponse.self)
                let parts = try await Self.send(to: upload.partURLs + more.partURLs)
                #expect(parts.count == 120)
                let completed = try await server.call(
                    "POST", "/api/multipart/complete",
                    json: String(
                        decoding: try CompleteMultipartRequest(
                            objectKey: sample.narKey, uploadID: upload.uploadID, parts: parts
                        ).encoded(), as: UTF8.self))
                #expect(completed.status == 204, "\(completed.text)")
                #expect(try await storage.bucket.client.head(sample.narKey)?.size == Int64(120 * Self.partSize))
                let steps = "/api/pending_closures/\(created.id)"
                let signed = try await server.call(
                    "POST", steps + "/sign", json: sample.signRequest(storeDirectory: nix.storeDirectory))
                #expect(signed.status == 200, "\(signed.text)")
                let published = try await server.call("POST", steps + "/complete")
                #expect(published.status == 204, "\(published.text)")
            }
            try await s3.stop()
        }

        /// Sends the same bytes to each URL, four at a time.
        private static func send(to urls: [String]) async throws -> [CompleteMultipartRequest.Part] {
            let bytes = [UInt8](repeating: 7, count: partSize)
            return try await withThrowingTaskGroup(of: CompleteMultipartRequest.Part.self) { group in
                var parts: [CompleteMultipartRequest.Part] = []
                for (index, url) in urls.enumerated() {
                    if index >= 4, let part = try await group.next() { parts.append(part) }
                    group.addTask {
                        let reply = try await Web.send("PUT", url, body: bytes)
                        guard let etag = reply.headers["ETag"] else { throw Web.UnexpectedReply(reply: reply) }
                        return .init(partNumber: index + 1, etag: etag)
                    }
                }
                for try await part in group { parts.append(part) }
                return parts
            }
        }

        @Test("a NAR of 12 GB on paper: its parts have URLs to the last, and no part is beyond 10,000")
        func onPaper() async throws {
            let nix = try NixSandbox()
            let sample = SampleClosure(narSize: 12 << 30)
            // As clients cut it: parts of 10 MiB.
            let partCount = 1229
            let storage = try await ServiceStorage(for: nix)
            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                let created = try await Self.create(sample, on: server)
                let upload = try #require(created.pendingObjects[sample.narKey]?.multipart)
                var urls = upload.partURLs
                #expect(urls.count == 100)
                while urls.count < partCount {
                    let more = try await server.message(
                        "/api/multipart/request-parts",
                        PartsRequest(
                            objectKey: sample.narKey, uploadID: upload.uploadID, startPartNumber: urls.count + 1,
                            partCount: 100), as: PartsResponse.self)
                    #expect(more.startPartNumber == urls.count + 1)
                    #expect(more.partURLs.count == 100)
                    urls += more.partURLs
                }
                #expect(Set(urls).count == urls.count)
                // The service takes a part at either end.
                for number in [1, partCount] {
                    let reply = try await Web.send("PUT", urls[number - 1], body: [1])
                    #expect(reply.status == 200, "part \(number): \(reply.text)")
                }
                let parts = try await storage.bucket.client.listParts(sample.narKey, uploadID: upload.uploadID).parts
                #expect(parts.map(\.number) == [1, partCount])
                for (start, count, status) in [(9_901, 100, 200), (9_902, 100, 400), (10_001, 1, 400), (0, 1, 400)] {
                    let request = PartsRequest(
                        objectKey: sample.narKey, uploadID: upload.uploadID, startPartNumber: start, partCount: count)
                    let reply = try await server.call(
                        "POST", "/api/multipart/request-parts",
                        json: String(decoding: try request.encoded(), as: UTF8.self))
                    #expect(reply.status == status, "\(count) parts from \(start): \(reply.text)")
                }
            }
        }

        private static func create(_ sample: SampleClosure, on server: RunningServer) async throws
            -> CreateUploadResponse
        {
            let reply = try await server.call("POST", "/api/pending_closures", json: sample.createRequest)
            guard reply.isSuccess else { throw Web.UnexpectedReply(reply: reply) }
            return try CreateUploadResponse.decode(reply.body)
        }
    }
}
