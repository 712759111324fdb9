import Foundation
import Glibc
import NarKit
import Subprocess
import Testing

@Suite("Dumping a tree")
struct NarSourceTests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    private func dump(_ path: String, _ options: NarSource.Options = .init()) throws -> (bytes: [UInt8], NarSummary) {
        var bytes: [UInt8] = []
        let summary = try NarSource(path: path, options: options).write { bytes += $0 }
        return (bytes, summary)
    }

    @Test(
        "The bytes, the hash and the size are Nix', whatever the size of a chunk", arguments: [4096, 5000, 256 << 10])
    func matchesNix(chunkSize: Int) async throws {
        let root = try tree.populate()
        let (bytes, summary) = try dump(root, .init(chunkSize: chunkSize))
        #expect(bytes == (try await Tool.nixDump(root)))
        #expect(summary.narSize == UInt64(bytes.count))
        #expect(summary.compressedSize == UInt64(bytes.count))
        let hash = try await Tool.run("nix-hash", ["--type", "sha256", "--base32", root])
        #expect(summary.narHash?.nix32 == String(decoding: hash, as: UTF8.self).trimmingCharacters(in: .newlines))
    }

    @Test("A root that is no directory")
    func otherRoots() async throws {
        let file = try tree.file("file", Array("hello".utf8), mode: 0o755)
        try tree.link("link", to: "file")
        let empty = try tree.directory("empty")
        for path in [file, tree.at("link"), empty] {
            #expect(try dump(path).bytes == (try await Tool.nixDump(path)))
        }
    }

    @Test("The listing is what Nix puts beside a NAR")
    func listing() async throws {
        let root = try tree.populate()
        let (_, summary) = try dump(root)
        let configuration = try tree.directory("configuration")
        try tree.file("configuration/nix.conf", Array("experimental-features = nix-command\n".utf8))
        let environment = NixEnvironment.variables(configuration: configuration, home: tree.path)
        let store = "local?root=\(try tree.directory("root"))"
        let added = try await Tool.run("nix-store", ["--store", store, "--add", root], environment: environment)
        let path = String(decoding: added, as: UTF8.self).trimmingCharacters(in: .newlines)
        let cache = "file://\(try tree.directory("cache"))?write-nar-listing=true&compression=none"
        try await Tool.run("nix", ["copy", "--store", store, "--to", cache, path], environment: environment)
        let name = try #require(path.split(separator: "/").last).prefix(32)
        let expected = try Data(contentsOf: URL(filePath: tree.at("cache/\(name).ls")))
        let listing = try #require(summary.listing)
        #expect(listing.serialized() == Array(expected))
        #expect(try NarListing(parsing: Array(expected)) == listing)
    }

    @Test("Without a hash and a listing")
    func withoutExtras() throws {
        let (_, summary) = try dump(try tree.populate(), .init(computesHash: false, buildsListing: false))
        #expect(summary.narHash == nil)
        #expect(summary.listing == nil)
    }

    @Test("Compressed, it is the same archive", arguments: [ZstdOptions(), .parallel(), ZstdOptions(level: -5)])
    func compressed(options: ZstdOptions) async throws {
        let root = try tree.populate()
        let (bytes, summary) = try dump(root, .init(compression: .zstd(options), chunkSize: 4096))
        let expected = try await Tool.nixDump(root)
        #expect(try await Tool.run("zstd", ["-dc"], input: bytes) == expected)
        #expect(summary.compressedSize == UInt64(bytes.count))
        #expect(summary.narSize == UInt64(expected.count))
        #expect(summary.narHash == NixHash.sha256(of: expected))
    }

    @Test("A deep tree needs few descriptors")
    func deepTree() async throws {
        let root = try tree.directory("d")
        try tree.directory("d/" + Array(repeating: "d", count: 200).joined(separator: "/"))
        try tree.file("d/d/z", [1])
        #expect(try dump(root).bytes == (try await Tool.nixDump(root)))
        #expect(tree.openDescriptors == [])
    }

    @Test("A tree that is too deep is refused")
    func tooDeep() throws {
        let root = try tree.directory("a")
        try tree.directory("a/b/c/d")
        let error = #expect(throws: NarKitError.self) {
            try dump(root, .init(limits: NarLimits(maximumDepth: 3)))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.message == "\"\(root)/b/c/d\" lies in more than 3 directories; make the tree flatter.")
    }

    @Test("What an archive cannot hold is named")
    func unsupported() throws {
        let root = try tree.directory("tree")
        try tree.file("tree/a", [1])
        try #require(mkfifo("\(root)/pipe", 0o644) == 0)
        let error = #expect(throws: NarKitError.self) { try dump(root) }
        #expect(error?.message == "\"\(root)/pipe\" is a named pipe, which an archive cannot hold; remove it.")
        #expect(throws: NarKitError.self) { try dump("/dev/null") }
        #expect(tree.openDescriptors == [])
    }

    @Test("A path that does not exist is named")
    func missing() throws {
        let error = #expect(throws: NarKitError.self) { try dump(tree.at("missing")) }
        #expect(error?.message == "Cannot examine \"\(tree.at("missing"))\": it does not exist.")
    }

    @Test(
        "A file that changes its size while it is read is named", arguments: [0, 1 << 20, (8 << 20) - 1, (8 << 20) + 1])
    func changedFile(newSize: Int) throws {
        let root = try tree.directory("tree")
        let path = try tree.sparseFile("tree/growing", size: 8 << 20)
        try tree.file("tree/other", [1])
        var isFirst = true
        let error = #expect(throws: NarKitError.self) {
            try NarSource(path: root, options: .init(chunkSize: 4096)).write { _ in
                if isFirst { try #require(truncate(path, newSize) == 0) }
                isFirst = false
            }
        }
        #expect(error?.code == .fileChanged)
        #expect(error?.message.hasPrefix("\"\(path)\" changed its size while it was read") == true)
        #expect(tree.openDescriptors == [])
    }

    @Test("What the consumer throws ends the dump")
    func consumerThrows() throws {
        struct Enough: Error {}
        let root = try tree.populate()
        #expect(throws: Enough.self) { try NarSource(path: root).write { _ in throw Enough() } }
        #expect(tree.openDescriptors == [])
    }

    @Test("The case-hack suffix is removed, and the names are in order without it")
    func caseHack() throws {
        let root = try tree.directory("tree")
        for name in ["a~nix~case~hack~1", "A", "a~nix", "b~nix~case~hack~", "~nix~case~hack~2"] {
            try tree.file("tree/\(name)", Array(name.utf8))
        }
        var options = NarSource.Options()
        options.stripsCaseHack = true
        let listing = try #require(try dump(root, options).1.listing)
        let names = listing.root.entries.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["A", "a", "a~nix", "b~nix~case~hack~", "~nix~case~hack~2"])
        try tree.file("tree/A~nix~case~hack~7")
        #expect(throws: NarKitError.self) { try dump(root, options) }
    }

    @Test("More than 4 GiB go through, and are not kept", .timeLimit(.minutes(5)))
    func moreThanFourGibibytes() async throws {
        let path = try tree.sparseFile("sparse", size: (4 << 30) + 5)
        let stream = NarSource(path: path).makeStream()
        var largestChunk = 0
        for try await chunk in stream { largestChunk = max(largestChunk, chunk.count) }
        let summary = try await stream.summary()
        #expect(largestChunk == 256 << 10)
        #expect(summary.narSize == (4 << 30) + 120)
        let hash = try await Tool.run("nix-hash", ["--type", "sha256", "--base32", path])
        #expect(summary.narHash?.nix32 == String(decoding: hash, as: UTF8.self).trimmingCharacters(in: .newlines))
    }
}

/// The environment in which Nix touches nothing but a test's own directory.
enum NixEnvironment {
    static func variables(configuration: String, home: String) -> [Environment.Key: String?] {
        ["NIX_CONF_DIR": configuration, "HOME": home, "XDG_CACHE_HOME": home, "NIX_REMOTE": nil]
    }
}
