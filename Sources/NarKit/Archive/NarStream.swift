/// The chunks of a NAR as they are made, and then what is known of the whole.
///
/// A stream is iterated once. Threads of its own do all reading, hashing and compressing; they start with the first
/// call of `next()` and wait while the consumer has not taken what is ready. When the iterating task is cancelled they
/// end, and `next()` throws `CancellationError` once they have; when the iterator is dropped they end as well.
public final class NarStream: AsyncSequence, Sendable {
    /// A run of bytes.
    public typealias Element = [UInt8]
    /// ``NarKitError``, or `CancellationError`.
    public typealias Failure = any Error

    private let run: DumpRun

    init(source: NarSource) {
        run = DumpRun(source: source)
    }

    deinit {
        run.abandon()
    }

    /// The iterator. A second one gets no chunks but an error.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(run: run, stream: self)
    }

    /// The bytes of the uncompressed NAR that have been read so far, for showing progress.
    public var bytesRead: UInt64 { run.bytesRead }

    /// Size, hash and listing. Suspends until the last chunk has been made, so somebody must be taking the chunks.
    ///
    /// - Throws: What ended the stream early: ``NarKitError``, with the code `cancelled` when it was not iterated to
    ///   its end. `CancellationError` when the waiting task is cancelled.
    public func summary() async throws -> NarSummary {
        try await run.summary.value()
    }

    /// Iterates over the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let lifetime: IteratorLifetime
        private let stream: NarStream

        fileprivate init(run: DumpRun, stream: NarStream) {
            lifetime = IteratorLifetime(run: run, isFirst: run.claim())
            self.stream = stream
        }

        /// The next chunk, or nil after the last.
        ///
        /// - Parameter actor: The actor that the caller runs on.
        /// - Throws: ``NarKitError`` naming the file that could not be dumped; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            guard lifetime.isFirst else {
                throw NarKitError(.unsupported, "A NAR stream can be iterated only once; make another stream.")
            }
            return try await lifetime.run.next()
        }
    }
}

/// Ends the dump when the iterator is dropped.
private final class IteratorLifetime {
    let run: DumpRun
    let isFirst: Bool

    init(run: DumpRun, isFirst: Bool) {
        self.run = run
        self.isFirst = isFirst
    }

    deinit {
        if isFirst { run.abandon() }
    }
}
