import NarKit
import Testing

@Suite("Random trees")
struct RandomTreeTests {
    /// Fills a directory at random.
    private func fill(_ name: String, in tree: TemporaryTree, depth: Int, using random: inout SeededGenerator) throws {
        try tree.directory(name)
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let letters = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "aAbB.-_~ ä\n".randomElement(using: &random) ?? "x"
            }
            let child =
                "\(name)/\(Int.random(in: 0...99, using: &random))\(String(letters))\(Int.random(in: 0...9999, using: &random))"
            switch Int.random(in: 0...9, using: &random) {
            case 0...1 where depth > 0: try fill(child, in: tree, depth: depth - 1, using: &random)
            case 2: try tree.link(child, to: String(letters))
            default:
                let size =
                    Bool.random(using: &random)
                    ? Int.random(in: 0...40, using: &random) : Int.random(in: 0...40_000, using: &random)
                let contents = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
                try tree.file(child, contents, mode: Bool.random(using: &random) ? 0o755 : 0o644)
            }
        }
    }

    @Test("Dump, restore and dump again: always what Nix says", arguments: 1...12 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) async throws {
        let tree = try TemporaryTree()
        var random = SeededGenerator(seed: seed)
        try fill("tree", in: tree, depth: 3, using: &random)
        let chunkSize = Int.random(in: 4096...100_000, using: &random)
        let stream = NarSource(path: tree.at("tree"), options: .init(chunkSize: chunkSize)).makeStream()
        let restored = try await NarRestorer(path: tree.at("restored")).restore(stream)
        let summary = try await stream.summary()
        #expect(restored == summary)
        #expect(try NarListing(parsing: #require(summary.listing).serialized()) == summary.listing)
        let expected = try await Tool.nixDump(tree.at("tree"))
        #expect(summary.narHash == NixHash.sha256(of: expected))
        #expect(try await Tool.nixDump(tree.at("restored")) == expected)
        try await Tool.run("nix-store", ["--restore", tree.at("by-nix")], input: expected)
        #expect(try NarSource(path: tree.at("by-nix")).write { _ in } == summary)
    }
}
