import CacheCore
import CurlKit
import Logging
import NarKit
import Synchronization
import Testing

@testable import CacheClient

/// The push engine against a server that does as told.
@Suite struct PusherTests {
    /// A root that refers to itself and a dependency, and a second name for the dependency's content.
    private struct Closure {
        let dependency: StorePath
        let twin: StorePath
        let root: StorePath
        let store: TestStore

        init(rootContent: [UInt8] = Array("root".utf8)) async throws {
            dependency = try storePath("1", "dependency")
            twin = try storePath("2", "twin")
            root = try storePath("3", "root")
            let content = Array("the same content".utf8)
            store = try await TestStore([
                .init(path: dependency, content: content, deriver: try storePath("4", "dependency.drv"), log: "made\n"),
                .init(path: twin, content: content),
                .init(path: root, content: rootContent, references: [dependency, twin, root]),
            ])
        }
    }

    /// The plain NAR of a path.
    private func nar(_ path: StorePath, in store: TestStore) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in NarSource(path: path.path(in: store.directories.store)).makeStream() { bytes += chunk }
        return bytes
    }

    private func decompressed(_ bytes: [UInt8]?) throws -> [UInt8] {
        try Decompression.decompress(try #require(bytes), format: .zstd, limit: 100 << 20)
    }

    @Test("everything arrives, identical content once, and the server publishes")
    func newServer() async throws {
        let closure = try await Closure()
        let cache = FakeCache()
        let summary = try await TestPush.run([closure.root], of: closure.store, to: cache)

        let dependency = try #require(closure.store.info(closure.dependency))
        let root = try #require(closure.store.info(closure.root))
        let narKeys = ["nar/\(dependency.narHash.nix32).nar.zst", "nar/\(root.narHash.nix32).nar.zst"]
        let hashes = [closure.dependency, closure.twin, closure.root].map(\.hashPart)
        let log = "log/\(String(repeating: "4", count: 32))-dependency.drv"
        #expect(
            Set(cache.objects.keys)
                == Set(narKeys + hashes.flatMap { ["\($0).narinfo", "\($0).ls"] } + [log]))
        #expect(try decompressed(cache.objects[narKeys[0]]) == (try await nar(closure.dependency, in: closure.store)))
        #expect(try decompressed(cache.objects[narKeys[1]]) == (try await nar(closure.root, in: closure.store)))
        let listing = String(decoding: try decompressed(cache.objects["\(hashes[0]).ls"]), as: UTF8.self)
        #expect(
            listing
                == #"{"version":1,"root":{"type":"regular","size":16,"narOffset":96}}"#)
        #expect(try decompressed(cache.objects[log]) == Array("made\n".utf8))

        let headers = cache.state.withLock { $0.headers }
        #expect(headers[narKeys[0]]?["content-type"] == "application/x-nix-nar")
        #expect(headers[narKeys[0]]?["content-encoding"] == nil)
        #expect(headers[narKeys[0]]?["authorization"] == nil)
        #expect(headers["\(hashes[0]).ls"]?["content-type"] == "application/json")
        #expect(headers["\(hashes[0]).ls"]?["content-encoding"] == "zstd")
        #expect(headers[log]?["content-type"] == "text/plain; charset=utf-8")
        #expect(headers[log]?["content-encoding"] == "zstd")

        let sign = try #require(cache.state.withLock { $0.signs }.first)
        #expect(sign.publish)
        #expect(sign.narinfos.count == 3)
        #expect(!cache.log.contains { $0.hasPrefix("PUT") && $0.hasSuffix(".narinfo") })
        #expect(!cache.log.contains("POST /api/uploads/complete"))
        #expect(cache.log.last == "POST /api/pushes/1/complete")

        #expect(summary.newPaths == 3)
        #expect(summary.cachedPaths == 0)
        #expect(summary.bytesRead == dependency.narSize + root.narSize)
        #expect(summary.narBytesSent == dependency.narSize + root.narSize)
    }

    @Test("what a large NAR would be read for again is registered, where the server knows that", arguments: [204, 404])
    func registers(status: Int) async throws {
        let paths = [try storePath("1", "large"), try storePath("2", "small")]
        let store = try await TestStore([
            .init(path: paths[0], content: noise(9 << 20)), .init(path: paths[1], content: noise(100)),
        ])
        let cache = FakeCache(
            .init(multipartSize: 64 << 20),
            fault: { request, _ in request.path == "/api/uploads/complete" ? .init(status) : nil })
        _ = try await TestPush.run(paths, of: store, to: cache)
        let registered = cache.log.filter { $0 == "POST /api/uploads/complete" }
        #expect(registered.count == 1)
    }

    @Test("NARs that arrived are registered while others are sent")
    func reports() async throws {
        let paths = try (100..<300).map { try StorePath(baseName: String(repeating: "0", count: 29) + "\($0)-path") }
        let store = try await TestStore(paths.map { .init(path: $0, content: Array("\($0)".utf8)) })
        let cache = FakeCache()
        _ = try await TestPush.run(paths, of: store, to: cache)
        let reports = cache.state.withLock { $0.reports }
        #expect(reports.map(\.count) == [64, 64, 64])
        let keys = Set(reports.joined())
        #expect(keys.count == 192)
        #expect(keys.isSubset(of: Set(cache.objects.keys.filter { $0.hasPrefix("nar/") })))
    }

    @Test("a second push sends nothing")
    func secondPush() async throws {
        let closure = try await Closure()
        let cache = FakeCache()
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache)
        cache.state.withLock { $0.log = [] }
        let summary = try await TestPush.run([closure.root], of: closure.store, to: cache)
        #expect(
            cache.log == ["GET /api/cache-config", "POST /api/pushes", "POST /api/pushes/2/complete"])
        #expect(summary.newPaths == 0)
        #expect(summary.cachedPaths == 3)
        #expect(summary.bytesSent == 0)
    }

    @Test("what the server has as a closure is left out where asking is worth it")
    func presence() async throws {
        let closure = try await Closure()
        let cache = FakeCache()
        let options = PushOptions(presenceThreshold: 2)
        _ = try await TestPush.run([closure.dependency], of: closure.store, to: cache)
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache, options: options)
        let create = try #require(cache.state.withLock { $0.creates }.last)
        #expect(
            create.objects.filter { $0.type == .narinfo }.map(\.key)
                == [closure.twin, closure.root].map { "\($0.hashPart).narinfo" })
        cache.state.withLock { $0.log = [] }
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache, options: options)
        #expect(cache.log == ["GET /api/cache-config", "POST /api/objects/present"])
    }

    @Test("a server without pushes gets an upload for each root", arguments: [true, false])
    func withoutPushes(saysPushes: Bool) async throws {
        let closure = try await Closure()
        let cache = FakeCache(.init(hasPushes: false, saysPushes: saysPushes))
        _ = try await TestPush.run([closure.twin, closure.root], of: closure.store, to: cache)
        let creates = cache.state.withLock { $0.creates }
        let counts = creates.map { ($0.closure ?? "", $0.objects.filter { $0.type == .narinfo }.count) }
        #expect(
            Dictionary(uniqueKeysWithValues: counts)
                == ["\(closure.twin.hashPart).narinfo": 1, "\(closure.root.hashPart).narinfo": 3])
        #expect(cache.log.contains("POST /api/pushes") == saysPushes)
        #expect(
            Set(cache.log.filter { $0.hasSuffix("/complete") && !$0.hasPrefix("POST /api/uploads") })
                == ["POST /api/pending_closures/1/complete", "POST /api/pending_closures/2/complete"])
    }

    @Test("a server that does not publish gets the narinfos last, what they refer to first")
    func withoutPublishing() async throws {
        let closure = try await Closure()
        let cache = FakeCache(.init(publishes: false))
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache)
        let puts = cache.log.filter { $0.hasPrefix("PUT ") }
        #expect(
            Set(puts.suffix(3).dropLast())
                == Set([closure.dependency, closure.twin].map { "PUT /store/\($0.hashPart).narinfo" }))
        #expect(puts.last == "PUT /store/\(closure.root.hashPart).narinfo")
        let key = "\(closure.root.hashPart).narinfo"
        let store = closure.store.directories.store.path
        let root = try #require(closure.store.info(closure.root))
        #expect(
            String(decoding: try #require(cache.objects[key]), as: UTF8.self) == """
                StorePath: \(store)/\(closure.root)
                URL: nar/\(root.narHash.nix32).nar.zst
                Compression: zstd
                NarHash: \(root.narHash)
                NarSize: \(root.narSize)
                References: \(closure.dependency) \(closure.twin) \(closure.root)
                Sig: \(FakeCache.signature)

                """)
        #expect(cache.state.withLock { $0.headers[key] }?["content-type"] == "text/x-nix-narinfo")
        #expect(cache.state.withLock { $0.headers[key] }?["content-encoding"] == nil)
    }

    @Test("a large NAR goes in parts, with more addresses when they run out")
    func multipart() async throws {
        let closure = try await Closure(rootContent: noise(21 << 20))
        let cache = FakeCache()
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache, options: PushOptions(processors: 2))
        let root = try #require(closure.store.info(closure.root))
        let key = "nar/\(root.narHash.nix32).nar.zst"
        #expect(try decompressed(cache.objects[key]) == (try await nar(closure.root, in: closure.store)))
        let parts = cache.state.withLock { $0.parts["\(key)-1"] }?.sorted { $0.key < $1.key }.map(\.value.count)
        #expect(parts?.count == 3)
        #expect(parts?.dropLast().allSatisfy { $0 == 10 << 20 } == true)
        #expect(cache.log.filter { $0 == "POST /api/multipart/request-parts" }.count == 1)
        #expect(cache.log.filter { $0 == "POST /api/multipart/complete" }.count == 1)
    }

    @Test("a peer who was faster is believed when the storage has the NAR", arguments: ["part", "complete"])
    func lostRace(at step: String) async throws {
        let closure = try await Closure(rootContent: noise(12 << 20))
        let root = try #require(closure.store.info(closure.root))
        let key = "nar/\(root.narHash.nix32).nar.zst"
        let cache = FakeCache(fault: { request, _ in
            switch (request.method, request.path) {
            case ("PUT", "/store/\(key)") where step == "part": .init(404, text: "<Code>NoSuchUpload</Code>")
            case ("POST", "/api/multipart/complete") where step == "complete": .init(404)
            case ("HEAD", "/api/objects/\(key)"): .init(204)
            case ("POST", "/api/pushes/1/complete"): .init(204)
            default: nil
            }
        })
        let summary = try await TestPush.run([closure.root], of: closure.store, to: cache)
        #expect(cache.log.contains("HEAD /api/objects/\(key)"))
        #expect(cache.objects["\(closure.root.hashPart).ls"] != nil)
        #expect(cache.log.last == "POST /api/pushes/1/complete")
        #expect(summary.newPaths == 3)
    }

    @Test("an upload that the server has ended, with nothing in the storage, is begun once more, then given up")
    func endedUpload() async throws {
        let closure = try await Closure(rootContent: noise(12 << 20))
        let cache = FakeCache(fault: { request, _ in
            request.method == "PUT" && request.query.contains("part=") ? .init(404) : nil
        })
        let error = await #expect(throws: ClientError.self) {
            try await TestPush.run([closure.root], of: closure.store, to: cache)
        }
        #expect(error?.code == .incomplete)
        #expect(cache.state.withLock { $0.creates.count } == 2)
    }

    @Test("a part whose address is too old gets a new one")
    func expiredPart() async throws {
        let closure = try await Closure(rootContent: noise(12 << 20))
        let root = try #require(closure.store.info(closure.root))
        let cache = FakeCache(fault: { request, _ in
            // The addresses of the create answer are signed, those that are asked for later are not.
            request.method == "PUT" && request.query.contains("&part=2") ? .init(403, text: "Request has expired") : nil
        })
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache)
        #expect(cache.log.filter { $0 == "POST /api/multipart/request-parts" }.count == 1)
        #expect(cache.state.withLock { $0.creates.count } == 1)
        #expect(cache.objects["nar/\(root.narHash.nix32).nar.zst"] != nil)
    }

    @Test("an object whose address is too old is sent with a second upload, and refused for good after that")
    func expiredAddress() async throws {
        for (refusals, creates) in [(1, 2), (2, 2)] {
            let path = try storePath("1", "path")
            let store = try await TestStore([.init(path: path, content: [1])])
            let cache = FakeCache(fault: { request, count in
                request.line.hasPrefix("PUT /store/nar/") && count <= refusals ? .init(403) : nil
            })
            if refusals == 1 {
                _ = try await TestPush.run([path], of: store, to: cache)
            } else {
                let error = await #expect(throws: ClientError.self) {
                    try await TestPush.run([path], of: store, to: cache)
                }
                #expect(error?.code == .expired)
            }
            #expect(cache.state.withLock { $0.creates.count } == creates)
        }
    }

    @Test("something that went away meanwhile is sent with a second upload")
    func conflict() async throws {
        let closure = try await Closure()
        let cache = FakeCache(fault: { request, count in
            request.path == "/api/pushes/1/complete" ? .init(409, text: #"{"missing":["x.narinfo"]}"#) : nil
        })
        _ = try await TestPush.run([closure.root], of: closure.store, to: cache)
        #expect(cache.log.last == "POST /api/pushes/2/complete")
        #expect(cache.log.filter { $0.hasPrefix("PUT /store/nar/") }.count == 2)
    }

    @Test("faults that pass are got over")
    func passingFaults() async throws {
        let closure = try await Closure()
        let cache = FakeCache(fault: { request, count in
            guard count == 1 else { return nil }
            return switch (request.method, request.path) {
            case ("POST", "/api/pushes"): .init(429, headers: [("Retry-After", "0")], text: "slow down")
            case ("PUT", _): .init(503, text: "<Error><Code>InternalError</Code></Error>")
            case ("POST", "/api/pushes/1/complete"): .init(500)
            default: nil
            }
        })
        let summary = try await TestPush.run([closure.root], of: closure.store, to: cache)
        #expect(summary.newPaths == 3)
        #expect(cache.objects.count == 9)
    }

    @Test(
        "what cannot be got over is said once",
        arguments: [
            (
                401, "Unauthorized", "POST /api/pushes", ClientError.Code.unauthorized,
                "SERVER does not accept the API token from the test (401): check that it is the token of this server."
            ),
            (
                403, "Forbidden: token lacks scope write", "POST /api/pushes", .forbidden,
                "SERVER does not allow /api/pushes (403): Forbidden: token lacks scope write."
            ),
            (
                413, "too large", "POST /api/pushes", .rejected,
                "SERVER finds the request too large (413): too large: push fewer paths at a time."
            ),
            (
                400, "no such thing.\n", "POST /api/pushes", .rejected,
                "SERVER refuses /api/pushes (400): no such thing."
            ),
            (
                503, "database is down", "POST /api/pushes", .serverFailure,
                "SERVER failed at /api/pushes (503): database is down: try again later."
            ),
            (
                507, "", "PUT", .serverFailure,
                "The storage at HOST has no space left for KEY: free space there, then push again."
            ),
        ])
    func lastingFault(
        status: Int, text: String, line: String, code: ClientError.Code, message: String
    ) async throws {
        let path = try storePath("1", "path")
        let store = try await TestStore([.init(path: path, content: [1])])
        let cache = FakeCache(fault: { request, _ in
            request.line.hasPrefix(line) ? .init(status, text: text) : nil
        })
        let hosts = Notes<String>()
        let error = await #expect(throws: ClientError.self) {
            try await TestPush.run(
                [path], of: store,
                to: FakeCache(fault: { request, count in
                    hosts.add(request.headers["host"] ?? "")
                    return cache.answer(request, "http://\(request.headers["host"] ?? "")")
                }))
        }
        let key = "nar/\(try #require(store.info(path)).narHash.nix32).nar.zst"
        let host = hosts.all.first ?? ""
        #expect(error?.code == code)
        #expect(
            error?.message
                == message.replacing("SERVER", with: "http://\(host)").replacing("HOST", with: host)
                .replacing("KEY", with: key))
    }

    @Test("a changed path is named and never whole in the storage", arguments: [16, 12 << 20])
    func corrupted(size: Int) async throws {
        let closure = try await Closure(rootContent: noise(size))
        try closure.store.corrupt(closure.root)
        let cache = FakeCache()
        let error = await #expect(throws: ClientError.self) {
            try await TestPush.run([closure.root], of: closure.store, to: cache)
        }
        let path = closure.root.path(in: closure.store.directories.store)
        #expect(error?.code == .hashMismatch)
        #expect(
            error?.message
                == "\(path) is not what Nix recorded, so it was not published: repair it with "
                + "`nix store verify --repair \(path)`, or delete and rebuild it.")
        let key = "nar/\(try #require(closure.store.info(closure.root)).narHash.nix32).nar.zst"
        #expect(cache.objects[key] == nil)
        #expect(
            !cache.log.contains {
                $0.hasSuffix("/sign") || $0.hasSuffix("1/complete") || $0.hasPrefix("POST /api/multipart")
            })
    }

    @Test("a vanished path is named")
    func vanished() async throws {
        let closure = try await Closure()
        try closure.store.remove(closure.root)
        let cache = FakeCache()
        let error = await #expect(throws: ClientError.self) {
            try await TestPush.run([closure.root], of: closure.store, to: cache)
        }
        let path = closure.root.path(in: closure.store.directories.store)
        #expect(error?.code == .unreadablePath)
        #expect(error?.message.hasPrefix("\(path) cannot be read, so it was not published: ") == true)
    }

    @Test("a closure with a NAR that the server does not take is skipped, with a warning")
    func tooLarge() async throws {
        let closure = try await Closure(rootContent: noise(5000))
        let cache = FakeCache(.init(maximumNarSize: 4096))
        let warnings = Notes<String>()
        let summary = try await TestPush.run([closure.root, closure.twin], of: closure.store, to: cache) {
            if case .warning(let text) = $0 { warnings.add(text) }
        }
        #expect(summary.newPaths == 1)
        #expect(summary.skippedPaths == 2)
        #expect(cache.objects["\(closure.twin.hashPart).narinfo"] != nil)
        #expect(cache.objects["\(closure.root.hashPart).narinfo"] == nil)
        #expect(cache.log.contains("POST /api/uploads/skipped"))
        #expect(warnings.all.count == 1)
        #expect(
            warnings.all.first?.hasPrefix("\(closure.root) was skipped: the NAR of \(closure.root) has 5112 bytes")
                == true)
    }

    @Test(
        "realisations are claimed by the narinfos of their outputs and published with them", arguments: [true, false])
    func realisations(publishes: Bool) async throws {
        let dependency = try storePath("1", "dependency")
        let output = try storePath("2", "output")
        let id = try Realisation.ID(parsing: "sha256:\(String(repeating: "a", count: 64))!out")
        let dependencyID = try Realisation.ID(parsing: "sha256:\(String(repeating: "b", count: 64))!out")
        let store = try await TestStore(
            [.init(path: dependency, content: [1]), .init(path: output, content: [2], references: [dependency])],
            realisations: [
                Realisation(id: id, outPath: output, dependentRealisations: [dependencyID.description: dependency]),
                Realisation(id: dependencyID, outPath: dependency),
            ])
        let cache = FakeCache(.init(publishes: publishes))
        _ = try await TestPush.run([output], of: store, to: cache)
        let objects = try #require(cache.state.withLock { $0.creates }.first?.objects)
        #expect(objects.first { $0.key == "\(output.hashPart).narinfo" }?.refs.last == id.objectKey)
        #expect(
            String(decoding: try #require(cache.objects[id.objectKey]), as: UTF8.self)
                == #"{"dependentRealisations":{"\#(dependencyID)":"\#(dependency)"},"id":"\#(id)","outPath":"\#(output)","#
                + #""signatures":[]}"#)
        let puts = cache.log.filter { $0.hasPrefix("PUT /store/realisations") }
        #expect(puts == (publishes ? [] : [dependencyID, id].map { "PUT /store/\($0.objectKey)" }))
    }

    @Test("a cancelled push ends soon and says so")
    func cancellation() async throws {
        let closure = try await Closure()
        let reached = AsyncStream.makeStream(of: Void.self)
        let cache = FakeCache(fault: { request, _ in
            if request.method == "PUT" { reached.continuation.yield() }
            return request.method == "PUT" ? .init(503, headers: [("Retry-After", "60")]) : nil
        })
        let result = await withTaskGroup(of: ClientError.Code?.self) { group in
            group.addTask {
                do {
                    _ = try await TestPush.run([closure.root], of: closure.store, to: cache)
                    return nil
                } catch {
                    return (error as? ClientError)?.code
                }
            }
            for await _ in reached.stream { break }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(result == .cancelled)
    }
}
