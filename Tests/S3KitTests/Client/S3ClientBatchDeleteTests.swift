import S3Kit
import TestServices
import Testing

@Suite struct S3ClientBatchDeleteTests {
    /// Deletes what a request names.
    static func obey(_ request: LocalService.Request) -> LocalService.Reply {
        guard request.method == "POST" else { return .init(status: 204) }
        let keys = request.text.split(separator: "<Key>").dropFirst().map { $0.prefix { $0 != "<" } }
        return .init(
            body: "<DeleteResult>" + keys.map { "<Deleted><Key>\($0)</Key></Deleted>" }.joined() + "</DeleteResult>")
    }

    @Test func deletesAThousandAtATime() async throws {
        let keys = (0..<2500).map { "nar/\($0)" }
        try await TestBucket.run { request, _ in
            Self.obey(request)
        } test: { client, service in
            let deletion = await client.delete(keys + ["nar/7", "nar/7"])
            #expect(deletion.deleted == Set(keys))
            #expect(deletion.failures.isEmpty)
            #expect(service.requests.map { $0.text.split(separator: "<Key>").count - 1 } == [1000, 1000, 500])
            #expect(service.requests.allSatisfy { $0.target == "/bucket?delete=" && $0.headers["content-md5"] != nil })
        }
    }

    @Test func deletesWhatXMLCannotHoldOneByOne() async throws {
        try await TestBucket.run { request, _ in
            Self.obey(request)
        } test: { client, service in
            let deletion = await client.delete(["a", "b\u{1}", "c\u{2}", "&"])
            #expect(deletion.deleted == ["a", "b\u{1}", "c\u{2}", "&"])
            #expect(deletion.failures.isEmpty)
            #expect(
                service.requests.map { "\($0.method) \($0.target)" }.sorted()
                    == ["DELETE /bucket/b%01", "DELETE /bucket/c%02", "POST /bucket?delete="])
        }
    }

    @Test func takesKeysForBytes() async throws {
        try await TestBucket.run { request, _ in
            Self.obey(request)
        } test: { client, service in
            _ = await client.delete(["e\u{301}", "\u{e9}", "e\u{301}"])
            let keys = service.requests[0].text.split(separator: "<Key>").dropFirst().map { $0.prefix { $0 != "<" } }
            #expect(keys.map { Array($0.utf8) } == [Array("e\u{301}".utf8), Array("\u{e9}".utf8)])
        }
    }

    @Test func saysWhatBecameOfEachKey() async throws {
        let reply = """
            <DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>stranger</Key></Deleted>\
            <Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error>\
            <Error><Key>c</Key><Code>NoSuchKey</Code></Error>\
            <Deleted><Key>d</Key></Deleted><Error><Key>d</Key><Code>InternalError</Code></Error></DeleteResult>
            """
        try await TestBucket.run { _, _ in
            .init(body: reply)
        } test: { client, _ in
            let deletion = await client.delete(["a", "b", "c", "d", "e", ""])
            #expect(deletion.deleted == ["a", "c"])
            #expect(
                deletion.failures.mapValues(\.code) == [
                    "b": .accessDenied, "d": "InternalError", "e": .malformedReply, "": .invalidArgument,
                ])
            #expect(deletion.failures["b"]?.description == "DELETE b: no (HTTP 200, AccessDenied)")
        }
    }

    @Test(arguments: [405, 501])
    func doesWithoutWhereThereAreNoBatches(status: Int) async throws {
        let keys = (0..<30).map(String.init)
        try await TestBucket.run { request, _ in
            request.method == "DELETE" ? .init(status: request.path == "/bucket/7" ? 403 : 204) : .init(status: status)
        } test: { client, service in
            let deletion = await client.delete(keys)
            #expect(deletion.deleted == Set(keys).subtracting(["7"]))
            #expect(deletion.failures.mapValues(\.code) == ["7": .accessDenied])
            #expect(service.requests.count == 31)
        }
    }

    @Test func failsForAllKeysOfABatch() async throws {
        try await TestBucket.run { _, _ in
            .init(status: 503)
        } test: { client, _ in
            let deletion = await client.delete(["a", "b"])
            #expect(deletion.deleted.isEmpty)
            #expect(deletion.failures.mapValues(\.status) == ["a": 503, "b": 503])
        }
    }
}
