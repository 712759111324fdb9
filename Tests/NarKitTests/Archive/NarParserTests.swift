import NarKit
import Testing

@Suite("Reading an archive")
struct NarParserTests {
    private func summary(_ bytes: [UInt8], limits: NarLimits = .init()) async throws -> NarSummary {
        try await NarSummary.reading(Chunks([bytes]), limits: limits)
    }

    @Test("What is read is what was dumped, however it is cut", arguments: [1, 2, 7, 8, 9, 64, 4096, 1 << 20])
    func pieces(size: Int) async throws {
        let tree = try TemporaryTree()
        let source = NarSource(path: try tree.populate())
        var bytes: [UInt8] = []
        let dumped = try source.write { bytes += $0 }
        let read = try await NarSummary.reading(Chunks(bytes, size: size))
        #expect(read == dumped)
    }

    @Test("The events of a small archive")
    func events() async throws {
        let node = NarText.directory([
            NarText.entry("a", NarText.file("hello")),
            NarText.entry("b", NarText.directory([])),
            NarText.entry("c", ["(", "type", "regular", "executable", "", "contents", "", ")"]),
            NarText.entry("d", ["(", "type", "symlink", "target", "a", ")"]),
        ])
        let bytes = NarText.archive(NarText.magic + node)
        var events: [NarEvent] = []
        for try await event in NarReader(Chunks([bytes])) { events.append(event) }
        #expect(
            events == [
                .beginDirectory(name: []),
                .beginFile(name: [97], NarFileHeader(size: 5, isExecutable: false, narOffset: 232)),
                .fileContents(Array("hello".utf8)), .endFile,
                .beginDirectory(name: [98]), .endDirectory,
                .beginFile(name: [99], NarFileHeader(size: 0, isExecutable: true, narOffset: 624)), .endFile,
                .symlink(name: [100], target: [97]),
                .endDirectory,
            ])
    }

    @Test("What breaks the rules is refused with its place", arguments: InvalidArchive.all)
    func invalid(_ test: InvalidArchive) async throws {
        let error = await #expect(throws: NarKitError.self) { try await summary(test.bytes) }
        #expect(error?.code == .invalidArchive)
        #expect(error?.message == test.message)
        // In single bytes it fails as well, whatever the place.
        await #expect(throws: NarKitError.self) { try await NarSummary.reading(Chunks(test.bytes, size: 1)) }
    }

    @Test("Every archive that is cut off is refused")
    func truncated() async throws {
        let node = NarText.directory([
            NarText.entry("a", NarText.file("hello")), NarText.entry("b", NarText.directory([])),
        ])
        let bytes = NarText.archive(NarText.magic + node)
        _ = try await summary(bytes)
        for count in bytes.indices {
            await #expect(throws: NarKitError.self) { try await summary(Array(bytes[..<count])) }
        }
    }

    @Test("Nesting is bounded")
    func depth() async throws {
        func nested(_ depth: Int) -> [UInt8] {
            let open = Array(
                repeating: ["(", "type", "directory", "entry", "(", "name", "d", "node"], count: depth - 1)
            let close = Array(repeating: [")", ")"], count: depth - 1)
            return NarText.archive(NarText.magic + open.flatMap { $0 } + NarText.directory([]) + close.flatMap { $0 })
        }
        let deepest = try await summary(nested(2048))
        #expect(try NarListing(parsing: #require(deepest.listing).serialized()) == deepest.listing)
        let error = await #expect(throws: NarKitError.self) { try await summary(nested(2049)) }
        #expect(error?.message.hasSuffix("more than 2048 directories lie in each other.") == true)
    }
}

/// Chunks that are there already, as an asynchronous sequence.
struct Chunks: AsyncSequence, Sendable {
    private let chunks: [[UInt8]]

    init(_ chunks: [[UInt8]]) {
        self.chunks = chunks
    }

    init(_ bytes: [UInt8], size: Int) {
        chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<Swift.min($0 + size, bytes.count)]) }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(rest: chunks[...])
    }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<[UInt8]>

        mutating func next() async throws -> [UInt8]? { rest.popFirst() }
    }
}
