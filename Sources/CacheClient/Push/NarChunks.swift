internal import NarKit

/// The chunks of a path's NAR, with what goes wrong told in terms of the path, and progress told.
struct NarChunks {
    private let info: PathInfo
    private let context: UploadContext
    private let stream: NarStream
    private var iterator: NarStream.AsyncIterator
    private var reported: UInt64 = 0

    /// The compressed NAR.
    ///
    /// - Parameters:
    ///   - info: The path.
    ///   - context: The push.
    ///   - workers: How many threads compress beside the one that reads.
    init(info: PathInfo, context: UploadContext, workers: Int) throws(ClientError) {
        let level = context.options.compressionLevel
        let zstd = workers > 1 ? ZstdOptions.parallel(level: level, workers: workers) : ZstdOptions(level: level)
        // A small NAR needs no large chunk.
        let chunkSize = Int(min(256 << 10, info.narSize + 1024))
        self.init(info, context, .init(compression: .zstd(zstd), chunkSize: chunkSize, bufferedChunks: 2))
    }

    /// The plain NAR, read for its listing alone.
    init(listing info: PathInfo, context: UploadContext) throws(ClientError) {
        self.init(info, context, .init(computesHash: false, bufferedChunks: 2))
    }

    private init(_ info: PathInfo, _ context: UploadContext, _ options: NarSource.Options) {
        self.info = info
        self.context = context
        stream = NarSource(path: info.storePath.path(in: context.directory), options: options).makeStream()
        iterator = stream.makeAsyncIterator()
    }

    /// The next chunk; nil after the last.
    mutating func next() async throws(ClientError) -> [UInt8]? {
        do {
            let chunk = try await iterator.next(isolation: #isolation)
            report(stream.bytesRead)
            return chunk
        } catch {
            throw describe(error)
        }
    }

    /// What is known of the NAR after its last chunk.
    func summary() async throws(ClientError) -> NarSummary {
        do {
            return try await stream.summary()
        } catch {
            throw describe(error)
        }
    }

    /// The same, when hash and size are those that Nix recorded.
    ///
    /// - Throws: ``ClientError`` with the code `hashMismatch` when they are not.
    func checkedSummary() async throws(ClientError) -> NarSummary {
        let summary = try await summary()
        guard summary.narHash == info.narHash, summary.narSize == info.narSize else {
            throw NarUpload.changed(info.storePath.path(in: context.directory))
        }
        return summary
    }

    private mutating func report(_ bytesRead: UInt64) {
        guard bytesRead > reported else { return }
        context.monitor.note(.read(bytesRead - reported))
        reported = bytesRead
    }

    private func describe(_ error: any Error) -> ClientError {
        if error is CancellationError { return .cancelled }
        let path = info.storePath.path(in: context.directory)
        guard let error = error as? NarKitError, error.code != .cancelled else { return ClientError(wrapping: error) }
        return ClientError(
            .unreadablePath, "\(path) cannot be read, so it was not published: \(error.message)", cause: error)
    }
}
