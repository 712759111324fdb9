import CacheCore
import NIOCore
import Synchronization
import Testing

@testable import CacheServer

/// Several readers who want one narinfo at once.
@Suite(.timeLimit(.minutes(1))) struct NarInfoCollapsingTests {
    private static let key = "\(String(repeating: "0", count: 32)).narinfo"

    /// An object store that answers when the test lets it.
    private final class Store: Sendable {
        let gate = CallGate()
        let text = Mutex("first")
        let fails = Mutex(false)

        func load(_ held: HeldNarInfo?) async throws -> LoadedNarInfo {
            let text = text.withLock { $0 }
            try await gate.pass()
            if fails.withLock({ $0 }) { throw ObjectStoreError(.unavailable, "no answer") }
            return .found(Self.narInfo(text))
        }

        private static func narInfo(_ text: String) -> HeldNarInfo {
            guard let key = ServedKey(NarInfoCollapsingTests.key) else { preconditionFailure("this is a key") }
            let attributes = ObjectAttributes(
                size: Int64(text.utf8.count), etag: text, lastModified: Timestamp(seconds: 0))
            return HeldNarInfo(
                Representation(of: attributes, key: key, accepted: AcceptedEncodings(nil)), storeTag: text,
                bytes: ByteBuffer(string: text))
        }
    }

    /// What a reader gets.
    private static func read(_ cache: NarInfoCache, _ store: Store) async throws -> String {
        guard case .found(let found) = try await cache.answer(for: key, load: { try await store.load($0) }) else {
            return "nothing"
        }
        return String(buffer: found.bytes)
    }

    /// Waits until a condition holds.
    private static func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func oneRequestForAll() async throws {
        let (cache, store) = (NarInfoCache(), Store())
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await Self.read(cache, store) } }
            try await Self.until { cache.followers == 99 }
            store.gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: "first", count: 100))
        #expect(store.gate.arrived == 1)
        #expect(try await Self.read(cache, store) == "first")
        #expect(store.gate.arrived == 1)
    }

    @Test func whoLoadsMayGoAway() async throws {
        let (cache, store) = (NarInfoCache(), Store())
        try await withThrowingTaskGroup(of: String?.self) { group in
            let first = Cancellable()
            group.addTask {
                await first.run { _ = try? await Self.read(cache, store) }
                return nil
            }
            try await Self.until { store.gate.arrived == 1 }
            for _ in 0..<10 { group.addTask { try await Self.read(cache, store) } }
            try await Self.until { cache.followers == 10 }
            first.cancel()
            // One of the others asks in his place.
            try await Self.until { store.gate.arrived == 2 && cache.followers == 9 }
            store.gate.open()
            var texts: [String] = []
            for try await text in group { if let text { texts.append(text) } }
            #expect(texts == Array(repeating: "first", count: 10))
        }
        #expect(store.gate.arrived == 2)
    }

    @Test func whoWaitsMayGoAway() async throws {
        let (cache, store) = (NarInfoCache(), Store())
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await Self.read(cache, store) }
            try await Self.until { store.gate.arrived == 1 }
            let second = Cancellable()
            group.addTask {
                await second.run {
                    await #expect(throws: CancellationError.self) { try await Self.read(cache, store) }
                }
                return nil
            }
            try await Self.until { cache.followers == 1 }
            second.cancel()
            try await Self.until { cache.followers == 0 }
            store.gate.open()
            #expect(try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 } == ["first"])
        }
        #expect(store.gate.arrived == 1)
    }

    @Test func failuresAreTheirsWhoWaited() async throws {
        let (cache, store) = (NarInfoCache(), Store())
        store.fails.withLock { $0 = true }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    await #expect(throws: ObjectStoreError.self) { try await Self.read(cache, store) }
                }
            }
            try await Self.until { cache.followers == 4 }
            store.gate.open()
            try await group.waitForAll()
        }
        #expect(store.gate.arrived == 1)
        // Nobody else's.
        store.fails.withLock { $0 = false }
        #expect(try await Self.read(cache, store) == "first")
    }

    @Test func whatIsPublishedMeanwhileIsNotCoveredUp() async throws {
        let (cache, store) = (NarInfoCache(), Store())
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await Self.read(cache, store) }
            try await Self.until { store.gate.arrived == 1 }
            store.text.withLock { $0 = "second" }
            cache.invalidate(Self.key)
            // Whoever comes now asks anew, and is not told what was there before.
            group.addTask { try await Self.read(cache, store) }
            try await Self.until { store.gate.arrived == 2 }
            store.gate.open()
            #expect(Set(try await group.reduce(into: []) { $0.append($1) }) == ["first", "second"])
        }
        #expect(try await Self.read(cache, store) == "second")
        #expect(store.gate.arrived == 2)
    }
}

/// Work that a test can cancel by itself.
private final class Cancellable: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func run(_ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            for await _ in stream { group.cancelAll() }
        }
    }

    func cancel() {
        continuation.yield()
        continuation.finish()
    }
}
