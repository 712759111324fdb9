/// The events of a NAR whose bytes come from an asynchronous sequence.
///
/// It holds one chunk of the sequence at a time. A ``NarParser`` does the same without a task and without copies.
public struct NarReader<Base: AsyncSequence>: AsyncSequence where Base.Element == [UInt8] {
    /// What is in the archive.
    public typealias Element = NarEvent
    /// ``NarKitError`` for an archive that is not valid, or what the sequence throws.
    public typealias Failure = any Error

    private let base: Base
    private let limits: NarLimits

    /// Reads an archive.
    ///
    /// - Parameters:
    ///   - base: The bytes of the archive, not compressed.
    ///   - limits: The bounds on depth, names and targets.
    public init(_ base: Base, limits: NarLimits = .init()) {
        self.base = base
        self.limits = limits
    }

    /// Starts before the first event.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), parser: NarParser(limits: limits))
    }

    /// Iterates over the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Base.AsyncIterator
        private var parser: NarParser
        /// Events that have been parsed, the next one last.
        private var ready: [NarEvent] = []
        private var isAtEnd = false

        fileprivate init(base: Base.AsyncIterator, parser: NarParser) {
            self.base = base
            self.parser = parser
        }

        /// The next event, or nil after the end of a complete archive.
        ///
        /// - Parameter actor: The actor that the caller runs on.
        /// - Throws: ``NarKitError`` for an archive that is not valid, or what the sequence throws.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> NarEvent? {
            while ready.isEmpty, !isAtEnd {
                guard let chunk = try await base.next(isolation: actor) else {
                    isAtEnd = true
                    try parser.finish()
                    break
                }
                var collector = NarEventCollector()
                try parser.consume(chunk, &collector)
                ready = collector.events.reversed()
            }
            return ready.popLast()
        }
    }
}

extension NarReader: Sendable where Base: Sendable {}
