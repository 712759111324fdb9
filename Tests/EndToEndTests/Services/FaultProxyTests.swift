import CurlKit
import S3Kit
import TestServices
import Testing

/// The proxy breaks what it is told to break, and nothing else.
@Suite
struct FaultProxyTests {
    /// Runs a test with a proxy in front of a new bucket, and a client that tries everything once.
    private func run(
        rules: [FaultRule] = [], _ test: (FaultProxy, _ direct: S3Client, _ broken: S3Client) async throws -> Void
    ) async throws {
        let bucket = try await Bucket(of: .shared)
        try await FaultProxy.run(to: bucket.port, rules: rules) { proxy in
            try await test(proxy, bucket.client, bucket.client(port: proxy.port, retrying: .never))
        }
    }

    @Test("what no rule is about passes unchanged in both directions")
    func passing() async throws {
        try await run { proxy, direct, client in
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let options = S3PutOptions(contentType: "application/x-nix-nar")
            let etag = try await client.put(bytes, to: "nar/a b", options: options)
            #expect(try await direct.head("nar/a b")?.etag == etag)
            #expect(proxy.bodyBytes == bytes.count)
            let object = try await client.get("nar/a b")
            #expect(object.attributes.contentType == "application/x-nix-nar")
            #expect(try await object.body.collect(upTo: bytes.count) == bytes)
            #expect(try await client.head("nar/a b")?.size == Int64(bytes.count))
            #expect(try await client.head("none") == nil)
            let uploadID = try await client.createMultipartUpload("m")
            let part = try await client.uploadPart([1], of: "m", uploadID: uploadID, number: 1)
            try await client.completeMultipartUpload("m", uploadID: uploadID, parts: [part])
            #expect(
                proxy.exchanges.map(\.request.operation) == [
                    .putObject, .getObject, .headObject, .headObject, .createMultipartUpload, .uploadPart,
                    .completeMultipartUpload,
                ])
            #expect(proxy.exchanges.map(\.status) == [200, 200, 200, 404, 200, 200, 200])
        }
    }

    @Test(
        "what a rule is about is broken as it says",
        arguments: [
            (.slowDown, "SlowDown", false), (.internalError, "InternalError", false),
            (.resetBeforeRequest, .connection, false), (.loseReply, .connection, true),
        ] as [(Fault, S3Error.Code, Bool)])
    func breaking(fault: Fault, code: S3Error.Code, isCarriedOut: Bool) async throws {
        try await run(rules: [FaultRule(fault, to: .first(1), on: .putObject)]) { proxy, direct, client in
            let error = await #expect(throws: S3Error.self) { try await client.put([1, 2, 3], to: "k") }
            #expect(error?.code == code)
            #expect(try await (direct.head("k") != nil) == isCarriedOut)
            try await client.put([1, 2, 3], to: "k")
            #expect(proxy.exchanges.map(\.fault) == [fault, nil])
        }
    }

    @Test("replies are cut off and held back in their middle")
    func middle() async throws {
        try await run { proxy, direct, client in
            try await direct.put([UInt8](repeating: 1, count: 1_000_000), to: "k")
            proxy.setRules(FaultRule(.truncateReply(afterBytes: 400_000), on: .getObject))
            let cut = try await client.get("k")
            var received = 0
            await #expect(throws: HTTPError.self) { for try await chunk in cut.body { received += chunk.count } }
            #expect(received <= 400_000)
            proxy.setRules(FaultRule(.stallReply(afterBytes: 0), on: .getObject))
            let response = try await Web.client.execute(
                HTTPRequest(
                    url: try await client.presignedGet("k", lifetime: .seconds(60)), stallTimeout: .seconds(1)))
            let error = await #expect(throws: HTTPError.self) { try await response.body.collect(upTo: 1_000_000) }
            #expect(error?.code == .stalled)
        }
    }

    @Test("the same seed chooses the same requests")
    func seeds() async throws {
        var choices: [[Bool]] = []
        for seed in [1, 1, 2] as [UInt64] {
            let rule = FaultRule(.slowDown, to: .random(probability: 0.5, seed: seed), on: .headObject)
            try await run(rules: [rule]) { proxy, _, client in
                for number in 0..<24 { _ = try? await client.head("\(number)") }
                choices.append(proxy.exchanges.map { $0.fault != nil })
            }
        }
        #expect(choices[0] == choices[1])
        #expect(choices[0] != choices[2])
        #expect((4..<20).contains(choices[0].count { $0 }))
    }
}
