/// The decompressed chunks of a stream of compressed ones.
///
/// Decompression happens in the task that iterates, a chunk at a time.
public struct Decompressed<Base: AsyncSequence>: AsyncSequence where Base.Element == [UInt8] {
    /// A run of decompressed bytes, never empty.
    public typealias Element = [UInt8]
    /// ``NarKitError`` for data that cannot be decompressed, or what the sequence throws.
    public typealias Failure = any Error

    private let base: Base
    private let format: CompressionFormat
    private let chunkSize: Int

    /// Wraps a stream of compressed chunks.
    ///
    /// - Parameters:
    ///   - base: The compressed bytes.
    ///   - format: How they are compressed.
    ///   - chunkSize: The bytes of a decompressed chunk at most, 128 KiB by default.
    public init(_ base: Base, format: CompressionFormat, chunkSize: Int = 128 << 10) {
        self.base = base
        self.format = format
        self.chunkSize = chunkSize
    }

    /// Starts before the first chunk.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), format: format, chunkSize: chunkSize)
    }

    /// Iterates over the decompressed chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Base.AsyncIterator
        private let format: CompressionFormat
        private let chunkSize: Int
        private var decompressor: Decompressor?
        private var isBaseAtEnd = false

        fileprivate init(base: Base.AsyncIterator, format: CompressionFormat, chunkSize: Int) {
            self.base = base
            self.format = format
            self.chunkSize = chunkSize
        }

        /// The next decompressed chunk, or nil after the end of a complete stream.
        ///
        /// - Parameter actor: The actor that the caller runs on.
        /// - Throws: ``NarKitError`` with the code `invalidCompressedData` or `tooLarge`, or what the sequence throws.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            let decompressor = try self.decompressor ?? Decompressor(format, chunkSize: chunkSize)
            self.decompressor = decompressor
            while true {
                if let chunk = try decompressor.next() { return chunk }
                if isBaseAtEnd { return nil }
                if let input = try await base.next(isolation: actor) {
                    decompressor.push(input)
                } else {
                    isBaseAtEnd = true
                    decompressor.finish()
                }
            }
        }
    }
}

extension Decompressed: Sendable where Base: Sendable {}
