import CurlKit
import NarKit
import Synchronization
import Testing

@testable import CacheClient

/// Caches that are whole, and caches that are not.
@Suite struct CacheVerifierTests {
    private struct Cache {
        var objects: [String: [UInt8]] = [:]
        let key: SecretKey
        let top: StorePath
        let bottom: StorePath

        init(compression: CompressionFormat = .zstd) throws {
            key = try SecretKey.generate(name: "test-1")
            bottom = try storePath("1", "bottom")
            top = try storePath("2", "top")
            try add(bottom, nar: Array("the NAR at the bottom".utf8), references: [bottom], compression)
            try add(top, nar: Array("the NAR at the top".utf8), references: [bottom], compression)
        }

        mutating func add(
            _ path: StorePath, nar: [UInt8], references: [StorePath], _ compression: CompressionFormat
        ) throws {
            let file = try Compression.compress(nar, format: compression)
            var info = NarInfo(
                storePath: path, url: url(path), compression: compression.rawValue, fileHash: .sha256(of: file),
                fileSize: UInt64(file.count), narHash: .sha256(of: nar), narSize: UInt64(nar.count),
                references: references)
            info.sign(with: [key])
            objects[info.url] = file
            objects["\(path.hashPart).narinfo"] = Array(info.serialized().utf8)
        }

        func url(_ path: StorePath) -> String { "nar/\(path.hashPart).nar" }

        mutating func edit(_ path: StorePath, _ change: (inout NarInfo) -> Void) throws {
            var info = try NarInfo(parsing: try #require(objects["\(path.hashPart).narinfo"]))
            change(&info)
            objects["\(path.hashPart).narinfo"] = Array(info.serialized().utf8)
        }
    }

    private func verify(_ cache: Cache, deep: Bool, trusting keys: [PublicKey]? = nil) async throws -> VerifyReport {
        let objects = cache.objects
        let failedOnce = Mutex<Set<String>>([])
        return try await FakeServer.run(handler: { request, _ in
            // Each object fails once: that is got over.
            guard !failedOnce.withLock({ $0.insert(request.line).inserted }) else { return .init(503) }
            guard let object = objects[String(request.path.dropFirst())] else { return .init(404) }
            return FakeServer.Response(200, body: object)
        }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            var options = CacheVerifier.Options()
            options.isDeep = deep
            options.trustedKeys = TrustedKeys(keys ?? [cache.key.publicKey])
            let verifier = try CacheVerifier(
                cache: server.url, http: http, options: options, policy: TestPush.impatient)
            let report = try await verifier.verify([cache.top])
            await http.shutdown()
            return report
        }
    }

    @Test("a whole closure has no problems", arguments: [CompressionFormat.zstd, .xz, .none], [false, true])
    func whole(compression: CompressionFormat, deep: Bool) async throws {
        let report = try await verify(try Cache(compression: compression), deep: deep)
        #expect(report.problems == [])
        #expect(report.paths == 2)
        #expect(report.narBytes == 39)
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ("missing narinfo", false, "NARINFO of PATH is missing."),
            ("missing NAR", false, "URL of PATH is missing."), ("missing NAR", true, "URL of PATH is missing."),
            ("other narinfo", false, "NARINFO is that of TOP, not of PATH."),
            ("unsigned", false, "NARINFO of PATH has no signature of a trusted key."),
            ("cut off", false, "URL of PATH has 3 bytes instead of SIZE."),
            ("other contents", true, "URL of PATH does not have the hash of its narinfo."),
            ("longer", true, "URL of PATH is longer than the 21 bytes of its narinfo."),
            ("shorter", true, "URL of PATH has 5 bytes when decompressed instead of 21."),
            ("other FileHash", true, "URL of PATH does not have the FileHash of its narinfo."),
            ("lzip", true, "URL of PATH is compressed with lzip, which cannot be read here."),
        ])
    func broken(how: String, deep: Bool, message: String) async throws {
        var cache = try Cache()
        let path = cache.bottom
        let narinfo = "\(path.hashPart).narinfo"
        let size = cache.objects[cache.url(path)]?.count ?? 0
        func compressed(_ text: String) throws -> [UInt8] { try Compression.compress(Array(text.utf8), format: .zstd) }
        switch how {
        case "missing narinfo": cache.objects[narinfo] = nil
        case "missing NAR": cache.objects[cache.url(path)] = nil
        case "other narinfo": cache.objects[narinfo] = cache.objects["\(cache.top.hashPart).narinfo"]
        case "unsigned": try cache.edit(path) { $0.signatures = [] }
        case "cut off": cache.objects[cache.url(path)] = [1, 2, 3]
        case "other contents": cache.objects[cache.url(path)] = try compressed("the NAR at the BOTTOM")
        case "longer": cache.objects[cache.url(path)] = try compressed("the NAR at the bottom, and more")
        case "shorter": cache.objects[cache.url(path)] = try compressed("short")
        case "other FileHash": try cache.edit(path) { $0.fileHash = .sha256(of: [UInt8]()) }
        default: try cache.edit(path) { $0.compression = "lzip" }
        }
        let report = try await verify(cache, deep: deep)
        #expect(
            report.problems.map(\.message) == [
                message.replacing("NARINFO", with: narinfo).replacing("URL", with: cache.url(path))
                    .replacing("PATH", with: "\(path)").replacing("TOP", with: "\(cache.top)")
                    .replacing("SIZE", with: "\(size)")
            ])
    }

    @Test("signatures of other keys do not count")
    func otherKey() async throws {
        let cache = try Cache()
        let report = try await verify(
            cache, deep: false, trusting: [SecretKey.generate(name: "test-1").publicKey])
        #expect(report.problems.count == 2)
    }

    @Test(
        "a cache that asks for credentials gets them, and no server that it redirects to does",
        arguments: [
            (nil, "The cache URL asks for credentials (401): give them with --auth-token-path or --netrc-file."),
            ("Bearer right", nil),
            (
                "Basic wrong",
                "The cache URL does not accept the credentials (401): check that they are those of this cache."
            ),
        ] as [(String?, String?)])
    func gated(authorization: String?, message: String?) async throws {
        let cache = try Cache()
        let objects = cache.objects
        let strangers = Notes<String?>()
        try await FakeServer.run(handler: { request, _ in
            strangers.add(request.headers["authorization"])
            return FakeServer.Response(200, body: objects[String(request.path.dropFirst())] ?? [])
        }) { storage in
            let elsewhere = storage.url
            try await FakeServer.run(handler: { request, _ in
                guard request.headers["authorization"] == "Bearer right" else { return .init(401) }
                guard !request.path.hasPrefix("/nar/") else {
                    return .init(307, headers: [("Location", elsewhere + request.path)])
                }
                return FakeServer.Response(200, body: objects[String(request.path.dropFirst())] ?? [])
            }) { server in
                var configuration = HTTPClientConfiguration()
                configuration.proxy = .none
                let http = HTTPClient(configuration: configuration)
                var options = CacheVerifier.Options()
                options.isDeep = true
                options.authorization = authorization
                let verifier = try CacheVerifier(
                    cache: server.url, http: http, options: options, policy: TestPush.impatient)
                do throws(ClientError) {
                    let report = try await verifier.verify([cache.top])
                    #expect(report.problems == [])
                    #expect(message == nil)
                } catch {
                    #expect(error.code == .unauthorized)
                    #expect(error.message == message?.replacing("URL", with: server.url))
                }
                await http.shutdown()
            }
        }
        #expect(strangers.all == (message == nil ? [nil, nil] : []))
    }
}
