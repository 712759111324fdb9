import Glibc
import NarKit
import Testing

@Suite("The stream of a dump")
struct NarStreamTests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    /// Waits for something that other threads do soon.
    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<500 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }

    @Test("The chunks are the archive, and the summary is there after the last")
    func whole() async throws {
        let root = try tree.populate()
        let stream = NarSource(path: root, options: .init(chunkSize: 4096)).makeStream()
        var bytes: [UInt8] = []
        for try await chunk in stream { bytes += chunk }
        let expected = try await Tool.nixDump(root)
        let summary = try await stream.summary()
        #expect(bytes == expected)
        #expect(summary.narHash == NixHash.sha256(of: expected))
        #expect(stream.bytesRead == UInt64(expected.count))
        #expect(tree.openDescriptors == [])
    }

    @Test("A consumer that is slow holds the dump back")
    func backPressure() async throws {
        let path = try tree.sparseFile("sparse", size: 64 << 20)
        let options = NarSource.Options(computesHash: false, chunkSize: 1 << 20, bufferedChunks: 2)
        let stream = NarSource(path: path, options: options).makeStream()
        var chunks = stream.makeAsyncIterator()
        _ = try await chunks.next()
        try await eventually { stream.bytesRead >= 3 << 20 }
        try await Task.sleep(for: .milliseconds(50))
        #expect(stream.bytesRead <= 4 << 20)
        while try await chunks.next() != nil {}
        #expect(stream.bytesRead == 64 << 20 + 112)
    }

    @Test("Cancelling the task ends the threads before next() throws")
    func cancellation() async throws {
        let root = try tree.directory("tree")
        for index in 0..<200 { try tree.sparseFile("tree/\(index)", size: 1 << 20) }
        let stream = NarSource(path: root, options: .init(chunkSize: 4096)).makeStream()
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for try await _ in stream {
                signal.yield()
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await eventually { tree.openDescriptors.isEmpty }
        let error = await #expect(throws: NarKitError.self) { try await stream.summary() }
        #expect(error?.code == .cancelled)
    }

    @Test("A task that is cancelled while it waits gets its answer once the descriptors are closed")
    func cancellationWhileWaiting() async throws {
        // So large, and so well compressible, that the first chunk would take minutes.
        let path = try tree.sparseFile("sparse", size: 1 << 40)
        let options = NarSource.Options(compression: .zstd(ZstdOptions()), computesHash: false, chunkSize: 1 << 20)
        let stream = NarSource(path: path, options: options).makeStream()
        let task = Task {
            var chunks = stream.makeAsyncIterator()
            return try await chunks.next()
        }
        try await eventually { !tree.openDescriptors.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(tree.openDescriptors == [])
    }

    @Test("Dropping the iterator ends the threads")
    func dropped() async throws {
        let path = try tree.sparseFile("sparse", size: 1 << 40)
        let stream = NarSource(path: path).makeStream()
        for try await _ in stream { break }
        try await eventually { tree.openDescriptors.isEmpty }
        await #expect(throws: NarKitError.self) { try await stream.summary() }
    }

    @Test("A stream that nobody iterates opens nothing, and its summary is an error")
    func unused() async throws {
        let stream = NarSource(path: try tree.populate()).makeStream()
        #expect(tree.openDescriptors == [])
        let waiting = Task { try await stream.summary() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("A second iterator gets an error, the first goes on")
    func twice() async throws {
        let stream = NarSource(path: try tree.populate()).makeStream()
        var first = stream.makeAsyncIterator()
        var second = stream.makeAsyncIterator()
        await #expect(throws: NarKitError.self) { try await second.next() }
        #expect(try await first.next() != nil)
    }

    @Test("An error names the file, after the chunks before it, in next() and in summary()")
    func failure() async throws {
        let root = try tree.directory("tree")
        try tree.file("tree/a", [1])
        try #require(mkfifo("\(root)/pipe", 0o644) == 0)
        let stream = NarSource(path: root).makeStream()
        let expected = "\"\(root)/pipe\" is a named pipe, which an archive cannot hold; remove it."
        let thrown = await #expect(throws: NarKitError.self) { for try await _ in stream {} }
        #expect(thrown?.message == expected)
        let summaryError = await #expect(throws: NarKitError.self) { try await stream.summary() }
        #expect(summaryError?.message == expected)
        #expect(tree.openDescriptors == [])
    }

    @Test("Options that zstd does not know are an error of the stream")
    func badOptions() async throws {
        let options = NarSource.Options(compression: .zstd(ZstdOptions(level: 99)))
        let stream = NarSource(path: try tree.populate(), options: options).makeStream()
        let error = await #expect(throws: NarKitError.self) { for try await _ in stream {} }
        #expect(error?.message.hasPrefix("zstd cannot use level 99; choose from") == true)
    }
}
