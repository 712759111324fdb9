import CacheCore
import NarKit
import TestServices
import Testing

@Suite("A deep check")
struct DeepFsckTests {
    static let package = TestPackage("package", narSize: 14)
    /// `printf 'nar of package' | bzip2 -9`
    static let bzip2: [UInt8] = [
        0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0xdd, 0x24, 0x67, 0xcc, 0x00, 0x00,
        0x05, 0x11, 0x80, 0x40, 0x00, 0x2b, 0x89, 0xd0, 0x00, 0x20, 0x00, 0x31, 0x00, 0xd3, 0x4d, 0x05,
        0x30, 0x0d, 0xa8, 0x51, 0xaa, 0xd0, 0xe8, 0x3d, 0x1c, 0x2e, 0xe4, 0x8a, 0x70, 0xa1, 0x21, 0xba,
        0x48, 0xcf, 0x98,
    ]

    /// A package whose bytes in the bucket are compressed.
    private func fixture(
        _ kind: MetadataKind, _ format: CompressionFormat = .zstd, _ bytes: [UInt8]? = nil
    ) async throws -> CacheFixture {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.package)
        let compressed =
            try bytes
            ?? (format == .bzip2
                ? Self.bzip2 : Compression.compress(Self.package.nar, format: format))
        fixture.bucket[Self.package.narKey]?.bytes = compressed
        try fixture.edit(Self.package.key) {
            $0.replacing("Compression: zstd", with: "Compression: \(format.rawValue)")
        }
        _ = try await fixture.fsck(repairs: true)
        return fixture
    }

    @Test("reads each compression", arguments: CompressionFormat.allCases)
    func formats(format: CompressionFormat) async throws {
        let fixture = try await fixture(.sqlite, format)
        let result = try await fixture.fsck(deep: true, trusting: [fixture.key.publicKey])
        #expect(result.findings == [])
        #expect(result.summary.nars == 1)
        #expect(result.summary.narBytes == Int64(Self.package.nar.count))
    }

    @Test("finds bytes that are not what the narinfo says", arguments: MetadataKind.allCases)
    func damaged(kind: MetadataKind) async throws {
        let nar = Self.package.nar
        var flipped = nar
        flipped[3] ^= 1
        let table: [([UInt8], String)] = [
            (try Compression.compress(flipped, format: .zstd), "its hash is \(NixHash.sha256(of: flipped)) instead of"),
            (try Compression.compress(nar + [0], format: .zstd), "it has more than the 14 bytes that"),
            (try Compression.compress(Array(nar.dropLast()), format: .zstd), "it has 13 bytes instead of the 14"),
            (Array(try Compression.compress(nar, format: .zstd).dropLast(2)), "it cannot be decompressed: "),
            (try Compression.compress(nar, format: .xz), "it cannot be decompressed: "),
        ]
        for (bytes, detail) in table {
            let fixture = try await fixture(kind, .zstd, bytes)
            let key = Self.package.narKey
            #expect(try await fixture.fsck().findings == [])
            let result = try await fixture.fsck(deep: true)
            #expect(result.names == ["nar \(key)"])
            #expect(result.findings.first?.detail.hasPrefix(detail) == true, "\(result.findings)")
            #expect(try await fixture.fsck(repairs: true, deep: true).summary.repaired == 1)
            #expect(try await fixture.states([key]) == [.uploading])
            // The next push is not satisfied with the bytes that lie there.
            #expect(try await fixture.push(Self.package) == [key])
            #expect(try await fixture.states([key]) == [.live])
        }
    }

    @Test("finds what no key of the cache signed")
    func signatures() async throws {
        let fixture = try await fixture(.sqlite)
        let stranger = try SecretKey.generate(name: fixture.key.name)
        for keys in [[stranger.publicKey], [try SecretKey.generate(name: "b").publicKey]] {
            let result = try await fixture.fsck(deep: true, trusting: keys)
            #expect(result.names == ["signature \(Self.package.key)"])
            #expect(!result.summary.isSound)
        }
        let both = [stranger.publicKey, fixture.key.publicKey]
        #expect(try await fixture.fsck(deep: true, trusting: both).findings == [])
    }

    @Test("finds a wrong FileHash or FileSize")
    func files() async throws {
        let fixture = try await fixture(.sqlite)
        let bytes = try #require(fixture.bucket[Self.package.narKey]?.bytes)
        let text = try #require(fixture.bucket.text(of: Self.package.key))
        let hash = NixHash.sha256(of: bytes)
        let table: [(lines: String, isGood: Bool)] = [
            ("FileHash: \(hash)\nFileSize: \(bytes.count)\n", true),
            ("FileHash: \(NixHash.sha256(of: []))\nFileSize: \(bytes.count)\n", false),
            ("FileHash: \(hash)\nFileSize: \(bytes.count + 1)\n", false),
        ]
        for (lines, isGood) in table {
            fixture.bucket[Self.package.key]?.bytes = Array((text + lines).utf8)
            let names = try await fixture.fsck(deep: true).names
            #expect(names.contains("text \(Self.package.key)") == !isGood)
        }
    }

    @Test("tries again when a transfer breaks off, and then says so")
    func unreadable() async throws {
        let fixture = try await fixture(.sqlite)
        let (bucket, key) = (fixture.bucket, Self.package.narKey)
        bucket.fail { call, asked in call == "content" && asked == key ? .before(.other) : nil }
        bucket.forgetCalls()
        let result = try await fixture.fsck(deep: true)
        #expect(result.names == ["unreadable \(key)"])
        // Three times at each of the two looks.
        #expect(bucket.calls.count { $0 == "content \(key)" } == 6)
    }
}
