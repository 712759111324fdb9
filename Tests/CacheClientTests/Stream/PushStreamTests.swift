import CacheCore
import NarKit
import Synchronization
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#endif
import Foundation

/// The streaming protocol of build farms, whole.
@Suite struct PushStreamTests {
    private let paths: [StorePath]
    private let store: TestStore

    init() async throws {
        paths = try "0123456789".map { try storePath($0, "path") }
        store = try await TestStore(paths.map { .init(path: $0, content: Array("\($0)".utf8)) })
    }

    private func name(_ index: Int) -> String { paths[index].path(in: store.directories.store) }

    private struct Line: Decodable, Equatable {
        var id: Int?
        var path: String
        var status: String
        var message: String?
        var signatures: [String]?
    }

    private func serve(
        _ input: String, by cache: FakeCache
    ) async throws -> (lines: [Line], failures: Int) {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(input.utf8))
        try pipe.fileHandleForWriting.close()
        let output = Notes<String>()
        let failures = try await TestPush.with(store, cache) { pusher, _ in
            try await PushStream(
                pusher: pusher, descriptor: pipe.fileHandleForReading.fileDescriptor, lineLimit: 10_000
            ) { output.add($0) }.run()
        }
        return (try output.all.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }, failures)
    }

    @Test("paths that come together are pushed together, and each has its result with its signatures")
    func together() async throws {
        let cache = FakeCache()
        let (lines, failures) = try await serve((0..<10).map { name($0) + "\n" }.joined(), by: cache)
        #expect(failures == 0)
        #expect(
            lines
                == (0..<10).map { Line(path: name($0), status: "ok", signatures: [FakeCache.signature]) })
        #expect(cache.state.withLock { $0.creates.count } == 1)
        // What is there already has its signatures too.
        let (again, _) = try await serve(name(0), by: cache)
        #expect(again == [Line(path: name(0), status: "ok", signatures: [FakeCache.signature])])
    }

    @Test("more than 50 paths make several batches")
    func batches() async throws {
        let cache = FakeCache()
        let input = (0..<120).map { name($0 % 10) + "\n" }.joined()
        let (lines, failures) = try await serve(input, by: cache)
        #expect(failures == 0)
        #expect(lines.count == 120)
        #expect(cache.state.withLock { $0.creates.count } == 3)
    }

    @Test("a batch with an id is all or nothing, and does not hold up the others")
    func atomicBatch() async throws {
        try store.corrupt(paths[1])
        let cache = FakeCache()
        let input = """
            {"id":1,"paths":["\(name(0))","\(name(1))"]}
            {"id":2,"paths":["\(name(2))"]}
            {"id":3,"paths":["/etc/passwd","\(name(3))"]}

            """
        let (lines, failures) = try await serve(input, by: cache)
        #expect(failures == 4)
        let byID = Dictionary(grouping: lines) { $0.id ?? 0 }
        #expect(byID[1]?.map(\.status) == ["error", "error"])
        #expect(byID[1]?.allSatisfy { $0.message?.hasPrefix(name(1)) == true } == true)
        #expect(byID[2]?.map(\.status) == ["ok"])
        #expect(byID[3]?.map(\.path) == ["/etc/passwd", name(3)])
        #expect(byID[3]?.allSatisfy { $0.message?.hasPrefix("/etc/passwd leads to") == true } == true)
        #expect(cache.objects["\(paths[0].hashPart).narinfo"] == nil)
    }

    @Test("bad lines and bad paths have their results, and the rest goes on")
    func badLines() async throws {
        try store.corrupt(paths[1])
        let cache = FakeCache()
        let long = "{" + String(repeating: "x", count: 20_000)
        let (lines, failures) = try await serve(
            "{nonsense}\n\(name(0))\n\n\(name(1))\n/etc/passwd\n\(long)\n\(name(2))", by: cache)
        #expect(failures == 4)
        #expect(
            lines.filter { $0.message == "bad request line" }.map(\.path)
                == ["{nonsense}", String(long.prefix(200)) + "…"])
        let ok = lines.filter { $0.status == "ok" }.map(\.path)
        #expect(Set(ok) == [name(0), name(2)])
        #expect(lines.first { $0.path == name(1) }?.message?.hasPrefix(name(1)) == true)
        #expect(lines.first { $0.path == "/etc/passwd" }?.status == "error")
        #expect(lines.count == 6)
    }

    @Test("a path is answered though the input stays open, and an interrupt reports what was not sent")
    func openInput() async throws {
        let stuck = AsyncStream.makeStream(of: Void.self)
        let cache = FakeCache(fault: { request, _ in
            guard request.path == "/api/pushes/2/complete" else { return nil }
            stuck.continuation.yield()
            return .init(503, headers: [("Retry-After", "60")])
        })
        let pipe = Pipe()
        let (results, continuation) = AsyncStream.makeStream(of: String.self)
        let code = try await TestPush.with(store, cache) { pusher, _ -> ClientError.Code? in
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            return await withTaskGroup(of: ClientError.Code?.self) { group in
                group.addTask {
                    do throws(ClientError) {
                        _ = try await PushStream(pusher: pusher, descriptor: descriptor) { continuation.yield($0) }
                            .run()
                        return nil
                    } catch {
                        return error.code
                    }
                }
                pipe.fileHandleForWriting.write(Data((name(0) + "\n").utf8))
                for await line in results {
                    #expect(line.contains(#""status":"ok""#))
                    break
                }
                pipe.fileHandleForWriting.write(Data((name(1) + "\n").utf8))
                for await _ in stuck.stream { break }
                group.cancelAll()
                return await group.next() ?? nil
            }
        }
        continuation.finish()
        var rest: [String] = []
        for await line in results { rest.append(line) }
        #expect(code == .cancelled)
        #expect(
            rest == [#"{"message":"It was interrupted; run it again.","path":"\#(name(1))","status":"error"}"# + "\n"])
        try pipe.fileHandleForWriting.close()
    }
}
