internal import NarKit

/// The chunks of a path's NAR, with what goes wrong told in terms of the path, and progress told.
struct NarChunks {
    private let info: PathInfo
    private let context: UploadContext
    private let stream: NarStream
    private var iterator: NarStream.AsyncIterator
    private let progress: ReadProgress

    /// The compressed NAR.
    ///
    /// - Parameters:
    ///   - info: The path.
    ///   - context: The push.
    ///   - compression: How it is compressed.
    ///   - workers: How many threads compress beside the one that reads, where it is done in parallel.
    init(info: PathInfo, context: UploadContext, compression: NarCompression, workers: Int = 0) {
        let zstd = compression.options(workers: workers)
        // A small NAR needs no large chunk.
        let chunkSize = Int(min(256 << 10, info.narSize + 1024))
        self.init(info, context, .init(compression: .zstd(zstd), chunkSize: chunkSize, bufferedChunks: 2))
    }

    /// The plain NAR, read for its listing alone.
    init(listing info: PathInfo, context: UploadContext) {
        self.init(info, context, .init(computesHash: false, bufferedChunks: 2))
    }

    private init(_ info: PathInfo, _ context: UploadContext, _ options: NarSource.Options) {
        self.info = info
        self.context = context
        stream = NarSource(path: context.directories.file(of: info.storePath), options: options).makeStream()
        iterator = stream.makeAsyncIterator()
        progress = ReadProgress(stream: stream, monitor: context.monitor)
    }

    /// The next chunk; nil after the last.
    mutating func next() async throws(ClientError) -> [UInt8]? {
        do {
            let chunk = try await iterator.next(isolation: #isolation)
            progress.report()
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

    /// Tells progress now and then while something is done: what compresses well makes few chunks.
    func tellingProgress<Result>(
        _ body: () async throws(ClientError) -> Result
    ) async throws(ClientError) -> Result {
        let result: Swift.Result<Result, ClientError> = await withTaskGroup(of: Void.self) { group in
            group.addTask { [progress] in
                while (try? await Task.sleep(for: .milliseconds(250))) != nil { progress.report() }
            }
            defer { group.cancelAll() }
            do throws(ClientError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func describe(_ error: any Error) -> ClientError {
        if error is CancellationError { return .cancelled }
        let path = info.storePath.path(in: context.directory)
        guard let error = error as? NarKitError, error.code != .cancelled else { return ClientError(wrapping: error) }
        return ClientError(
            .unreadablePath, "\(path) cannot be read, so it was not published: \(error.message)", cause: error)
    }
}
