import Synchronization

/// One dump in the background: starts the threads when the first chunk is asked for, and hands the chunks over.
final class DumpRun: Sendable {
    private enum State {
        case idle, claimed, started, abandoned
    }

    let summary = Completion<NarSummary>()
    private let source: NarSource
    private let chunks: BoundedQueue<[UInt8]>
    private let state = Mutex(State.idle)
    private let narBytes = Atomic<UInt64>(0)

    init(source: NarSource) {
        self.source = source
        chunks = BoundedQueue(capacity: source.options.bufferedChunks)
    }

    /// The bytes of the uncompressed archive that have been read so far.
    var bytesRead: UInt64 { narBytes.load(ordering: .relaxed) }

    /// Claims the right to iterate; only the first caller gets it.
    func claim() -> Bool {
        state.withLock { state in
            guard state == .idle else { return false }
            state = .claimed
            return true
        }
    }

    /// The next chunk, or nil after the last.
    func next() async throws -> [UInt8]? {
        try start()
        return try await chunks.next()
    }

    /// Makes the threads end soon. Nothing happens when they have ended already.
    func abandon() {
        let isRunning = state.withLock { state in
            defer { if state != .started { state = .abandoned } }
            return state == .started
        }
        if isRunning {
            chunks.abandon()
        } else {
            summary.complete(.failure(givenUp))
        }
    }

    private func start() throws {
        let isFirst = state.withLock { state in
            guard state == .claimed else { return false }
            state = .started
            return true
        }
        guard isFirst else { return }
        do {
            _ = try WorkerThread { [self] in
                produce()
            }
        } catch {
            chunks.finish(.failure(error))
            summary.complete(.failure(error))
        }
    }

    /// The body of the thread.
    private func produce() {
        let size = source.options.chunkSize
        let result = Result {
            try NarPipeline.run(source, progress: { try self.advance(to: $0) }) { encoder in
                var isAtEnd = false
                while !isAtEnd {
                    let chunk = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                        count = try encoder.fill(UnsafeMutableRawBufferPointer(buffer))
                    }
                    isAtEnd = chunk.count < size
                    guard chunk.isEmpty || chunks.push(chunk) else { throw givenUp }
                }
            }
        }
        // The summary first: whoever has seen the last chunk need not wait for it.
        summary.complete(result)
        chunks.finish(result.map { _ in () })
    }

    private func advance(to count: UInt64) throws(NarKitError) {
        narBytes.store(count, ordering: .relaxed)
        if chunks.isAbandoned { throw givenUp }
    }

    private var givenUp: NarKitError {
        NarKitError(.cancelled, "The dump of \(quoted(source.path)) was given up.")
    }
}
