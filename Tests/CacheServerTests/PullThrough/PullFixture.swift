import CacheCore
import CacheStorage
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NarKit
import TestServices
import Testing

@testable import CacheServer

/// A store path in a cache that another one is filled from.
struct UpstreamPath: Sendable {
    let path: SamplePath
    /// The NAR as it lies there.
    let file: [UInt8]
    let url: String
    let compression: String
    let hasFileHash: Bool

    /// - Parameter hasFileHash: whether it is named by its FileHash, as other tools do, or by its NarHash, as niks3 does.
    init(_ name: String, nar: [UInt8]? = nil, references: [SamplePath] = [], hasFileHash: Bool = true) throws {
        path = SamplePath(name, references: references, nar: nar)
        file = try Compression.compress(path.nar, format: .zstd)
        self.hasFileHash = hasFileHash
        let hash = hasFileHash ? NixHash.sha256(of: file) : path.narHash
        url = "nar/\(hash.nix32).nar.zst"
        compression = "zstd"
    }

    var key: String { path.narInfoKey }

    /// The narinfo, in another order than ours and with a line that we do not know.
    func narInfo(signedBy key: SecretKey?, url: String? = nil) throws -> String {
        var lines = ["Comment: from elsewhere", "StorePath: /nix/store/\(path.baseName)", "URL: \(url ?? self.url)"]
        lines += ["Compression: \(compression)", "NarHash: \(path.narHash)", "NarSize: \(path.nar.count)"]
        if hasFileHash {
            lines += ["FileHash: \(NixHash.sha256(of: file))", "FileSize: \(file.count)"]
        }
        lines.append("References: \(path.references.map(\.baseName).joined(separator: " "))")
        let text = lines.joined(separator: "\n") + "\n"
        guard let key else { return text }
        return text + "Sig: \(key.sign(try NarInfo(parsing: text).fingerprint))\n"
    }
}

/// A cache that is filled from another one, which is reached through a proxy that breaks what it is told to.
struct PullFixture: Sendable {
    let upstream: TestServer
    let key: SecretKey
    let proxy: FaultProxy
    let server: TestServer
    let client: any TestClientProtocol

    static func run(
        _ change: @escaping @Sendable (inout PullThroughConfiguration) -> Void = { _ in },
        limits: ConnectionLimits = ConnectionLimits(), authenticators: [any Authenticator]? = nil,
        _ body: @escaping @Sendable (PullFixture) async throws -> Void
    ) async throws {
        let key = try SecretKey.generate(name: "upstream-1")
        try await TestServer.run { upstream in
            try await upstream.live { port in
                try await FaultProxy.run(to: port) { proxy in
                    var configuration = PullThroughConfiguration(
                        upstreams: [proxy.url], trustedKeys: TrustedKeys([key.publicKey]))
                    change(&configuration)
                    try await TestServer.run(
                        limits: limits, authenticators: authenticators, narInfos: NarInfoCache(), pulling: configuration
                    ) { server in
                        try await server.routes { client in
                            try await body(
                                PullFixture(upstream: upstream, key: key, proxy: proxy, server: server, client: client))
                        }
                    }
                }
            }
        }
    }

    /// Puts a path into the upstream.
    func offer(_ path: UpstreamPath, isSigned: Bool = true) async throws {
        try await upstream.put(try path.narInfo(signedBy: isSigned ? key : nil), at: path.key)
        try await upstream.put(path.file, at: path.url)
    }

    func get(_ key: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await client.send(.get, "/" + key, headers: headers)
    }

    /// How often the upstream was asked, since the proxy runs.
    var asked: Int { proxy.exchanges.count }

    /// What the bucket has of a key.
    func stored(_ key: String) async throws -> [UInt8]? {
        guard let content = try await server.storage.objects.content(of: key, range: nil) else { return nil }
        var bytes: [UInt8] = []
        for try await chunk in content.body { bytes += chunk }
        return bytes
    }

    /// Nothing of a path is here, nor on its way.
    func expectNothing(of path: UpstreamPath, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await stored(path.key) == nil, sourceLocation: sourceLocation)
        #expect(try await stored(path.url) == nil, sourceLocation: sourceLocation)
        #expect(try await server.uploads.closure(path.key) == nil, sourceLocation: sourceLocation)
        #expect(try await server.uploads.pendingUploads() == 0, sourceLocation: sourceLocation)
        let multiparts = try await server.storage.objects.listMultiparts(prefix: "", after: nil, limit: 10)
        #expect(multiparts.uploads.isEmpty, sourceLocation: sourceLocation)
    }
}

extension TestResponse {
    /// The status, and where the answer came from.
    var outcome: String { "\(status.code) \(headers[.xCacheStatus] ?? "-")" }
    var bytes: [UInt8] { Array(buffer: body) }
}
