import Foundation
import Glibc
import NarKit
import Testing

@Suite("Restoring a tree")
struct NarRestorerTests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    private func archive(_ words: [String]) -> Chunks {
        Chunks([NarText.archive(NarText.magic + words)])
    }

    @Test("What Nix dumps is restored, and dumps to the same bytes")
    func roundTrip() async throws {
        let expected = try await Tool.nixDump(try tree.populate())
        let summary = try await NarRestorer(path: tree.at("restored")).restore(Chunks(expected, size: 5000))
        #expect(try await Tool.nixDump(tree.at("restored")) == expected)
        #expect(summary.narHash == NixHash.sha256(of: expected))
        #expect(summary == (try NarSource(path: tree.at("restored")).write { _ in }))
        #expect(tree.openDescriptors == [])
    }

    @Test(
        "A file or a link as the root",
        arguments: [NarText.file("hello"), ["(", "type", "symlink", "target", "x", ")"]])
    func otherRoots(words: [String]) async throws {
        try await NarRestorer(path: tree.at("root")).restore(archive(words))
        #expect(try await Tool.nixDump(tree.at("root")) == NarText.archive(NarText.magic + words))
    }

    @Test("From a descriptor")
    func fromDescriptor() async throws {
        let expected = try await Tool.nixDump(try tree.populate())
        let descriptor = open(try tree.file("archive", expected), O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        try NarRestorer(path: tree.at("restored")).restore(fromFileDescriptor: descriptor)
        #expect(try await Tool.nixDump(tree.at("restored")) == expected)
    }

    @Test(
        "What is there already stays as it is",
        arguments: [NarText.file("new"), NarText.directory([]), ["(", "type", "symlink", "target", "x", ")"]])
    func existing(words: [String]) async throws {
        try tree.file("outside", Array("old".utf8))
        try tree.link("root", to: "outside")
        let error = await #expect(throws: NarKitError.self) {
            try await NarRestorer(path: tree.at("root")).restore(archive(words))
        }
        #expect(
            error?.message
                == "Cannot create \"\(tree.at("root"))\": something is there already; remove it or choose another place."
        )
        #expect(try String(contentsOfFile: tree.at("outside"), encoding: .utf8) == "old")
    }

    @Test("No name leads out of the tree, also through a link in the archive")
    func escapes() async throws {
        try tree.directory("outside")
        let link = ["(", "type", "symlink", "target", "../outside", ")"]
        let through = NarText.directory([
            NarText.entry("a", link), NarText.entry("a", NarText.directory([NarText.entry("x", NarText.file("1"))])),
        ])
        for words in [through, NarText.directory([NarText.entry("../outside/x", NarText.file("1"))])] {
            await #expect(throws: NarKitError.self) {
                try await NarRestorer(path: tree.at("root")).restore(archive(words))
            }
            try? FileManager.default.removeItem(atPath: tree.at("root"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.at("outside")) == [])
    }

    @Test("A link that somebody puts in the way is not followed")
    func interference() async throws {
        try tree.directory("outside")
        let (chunks, feed) = AsyncStream.makeStream(of: [UInt8].self)
        let whole = NarText.archive(
            NarText.magic
                + NarText.directory([NarText.entry("d", NarText.directory([NarText.entry("x", NarText.file("1"))]))]))
        let restoring = Task { [path = tree.at("root")] in try await NarRestorer(path: path).restore(chunks) }
        feed.yield(Array(whole[..<112]))
        for _ in 0..<500 where access(tree.at("root"), F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
        try tree.link("root/d", to: "../outside")
        feed.yield(Array(whole[112...]))
        feed.finish()
        let error = await #expect(throws: NarKitError.self) { try await restoring.value }
        #expect(error?.message.hasPrefix("Cannot create \"\(tree.at("root/d"))\": something is there already") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.at("outside")) == [])
    }

    @Test("A deep tree needs few descriptors")
    func deep() async throws {
        try tree.directory("d/" + Array(repeating: "d", count: 200).joined(separator: "/"))
        try tree.file("d/d/z", [1])
        let expected = try await Tool.nixDump(tree.at("d"))
        try await NarRestorer(path: tree.at("restored")).restore(Chunks([expected]))
        #expect(try await Tool.nixDump(tree.at("restored")) == expected)
    }

    @Test("The error of the sequence comes through, and nothing stays open")
    func sourceFails() async throws {
        struct Broken: Error {}
        let chunks = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield(
                NarText.archive(NarText.magic + ["(", "type", "regular", "contents"]) + [100, 0, 0, 0, 0, 0, 0, 0, 1])
            stream.finish(throwing: Broken())
        }
        await #expect(throws: Broken.self) { try await NarRestorer(path: tree.at("root")).restore(chunks) }
        #expect(tree.openDescriptors == [])
    }

    @Test("Cancelling ends it, and nothing stays open")
    func cancellation() async throws {
        let chunks = AsyncStream<[UInt8]> { Task.isCancelled ? nil : NarText.archive(NarText.magic) }
        let task = Task { [path = tree.at("root")] in try await NarRestorer(path: path).restore(chunks) }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(tree.openDescriptors == [])
    }
}
