internal import CacheCore
internal import Logging
internal import NarKit
internal import Synchronization

/// Brings one NAR into the storage, and the listings of the paths that have it.
struct NarUpload: Sendable {
    /// A path that has the NAR.
    let info: PathInfo
    /// The NAR's key.
    let key: String
    /// Where the NAR goes; nil when only listings are wanted.
    let destination: PendingObject?
    /// The keys and addresses of the listings.
    let listings: [(key: String, url: String)]
    /// Whether it may have all processors.
    let isDominant: Bool
    let context: UploadContext

    /// How a NAR got there.
    private enum Outcome {
        /// We sent it.
        case sent(NarSummary)
        /// Somebody else had sent it meanwhile.
        case alreadyThere
    }

    /// The largest NAR, compressed, that is sent in one piece whatever the server offers.
    private static let singlePutLimit: UInt64 = 256 << 20

    func run() async throws(ClientError) {
        context.monitor.note(.started(info.storePath, narBytes: destination == nil ? 0 : info.narSize))
        var summary: NarSummary?
        if let destination {
            let outcome: Outcome =
                if let multipart = destination.multipart {
                    try await sendParts(multipart)
                } else if let url = destination.presignedURL {
                    try await sendWhole(to: url)
                } else {
                    throw ClientError(
                        .serverFailure,
                        "\(context.api.server) gave no address for \(key): this is a fault of the server.")
                }
            if case .sent(let known) = outcome { summary = known }
            context.monitor.note(
                .finished(info.storePath, narBytes: info.narSize, compressedBytes: summary?.compressedSize ?? 0))
        }
        guard !listings.isEmpty else { return }
        try await sendListings(of: try await known(summary))
    }

    // MARK: - One piece

    private func sendWhole(to url: String) async throws(ClientError) -> Outcome {
        let bound = info.narSize + info.narSize / 128 + (64 << 10)
        guard bound <= Self.singlePutLimit else {
            throw ClientError(
                .serverFailure,
                "\(context.api.server) wants the NAR of \(path) (\(info.narSize) bytes) in one piece, which is too large: "
                    + "update the server.")
        }
        let processor = try await context.resources.processors.acquire(1)
        let memory: Int
        do throws(ClientError) {
            memory = try await context.resources.memory.acquire(Int(bound))
        } catch {
            context.resources.processors.release(processor)
            throw error
        }
        defer { context.resources.memory.release(memory) }
        let (bytes, summary) = try await collect(atMost: Int(bound), releasing: processor)
        try await context.resources.requests.withUnits(1) { () throws(ClientError) in
            _ = try await context.api.put(bytes, to: url, key: key, as: .nar)
            context.monitor.note(.sent(UInt64(bytes.count)))
            await context.reports.add(key)
        }
        return .sent(summary)
    }

    /// The compressed NAR in memory, whose hash was found right.
    ///
    /// - Parameter size: What it has at most, in bytes.
    private func collect(
        atMost size: Int, releasing processor: Int
    ) async throws(ClientError) -> ([UInt8], NarSummary) {
        defer { context.resources.processors.release(processor) }
        var reader = NarChunks(
            info: info, context: context,
            compression: NarCompression(level: try await compressionLevel(), isParallel: false))
        var bytes: [UInt8] = []
        while let chunk = try await reader.next() {
            if bytes.isEmpty {
                bytes = chunk
            } else {
                // At once: an array that grows touches its memory several times, which takes longer than to compress.
                bytes.reserveCapacity(size)
                bytes += chunk
            }
            guard bytes.count <= Self.singlePutLimit else { throw Self.changed(path) }
        }
        return (bytes, try await reader.checkedSummary())
    }

    // MARK: - Parts

    private func sendParts(_ multipart: MultipartInfo) async throws(ClientError) -> Outcome {
        let processors = context.resources.processors
        let taken = try await processors.acquire(isDominant ? processors.capacity : 1)
        defer { processors.release(taken) }
        let journal: UploadJournal? =
            if let directory = context.options.journalDirectory {
                await UploadJournal.open(in: directory, server: context.api.server, key: key)
            } else { nil }
        var outcome: Outcome?
        if let journal, let earlier = journal.earlier {
            outcome = try await resume(earlier.start, earlier.parts, journal, workers: taken)
        }
        if outcome == nil {
            let start = UploadJournal.Start(
                server: context.api.server.description, key: key, uploadID: multipart.uploadID,
                partSize: PartPlan(narSize: info.narSize).partSize,
                compression: NarCompression(
                    level: try await compressionLevel(), isParallel: isDominant && taken > 1))
            await journal?.begin(start)
            let parts = PartUploads(
                upload: multipart, key: key, compression: start.compression, journal: journal, context: context)
            outcome = try await send(parts, workers: taken)
        }
        await journal?.remove()
        guard let outcome else {
            throw ClientError(
                .incomplete, "The upload of \(path) was ended by the server before it was complete: push again.")
        }
        return outcome
    }

    /// Goes on with the upload of an interrupted push; nil when the server has given that up.
    private func resume(
        _ start: UploadJournal.Start, _ arrived: [Int: UploadJournal.Part], _ journal: UploadJournal, workers: Int
    ) async throws(ClientError) -> Outcome? {
        guard !arrived.isEmpty, start.partSize == PartPlan(narSize: info.narSize).partSize else { return nil }
        let parts = PartUploads(
            upload: MultipartInfo(uploadID: start.uploadID, partURLs: []), key: key, compression: start.compression,
            journal: journal, earlier: arrived, context: context)
        do throws(ClientError) {
            return try await send(parts, workers: workers)
        } catch  where [.rejected, .expired, .serverFailure].contains(error.code) {
            // The storage may have lost what the journal names; if that is not it, the same is said again.
            context.logger.debug("\(key) is sent anew: \(error.message)")
            return nil
        }
    }

    /// Sends the parts; nil when the server does not know the upload, and the storage lacks the NAR.
    private func send(_ parts: PartUploads, workers: Int) async throws(ClientError) -> Outcome? {
        do throws(ClientError) {
            return .sent(try await parts.send(info: info, workers: min(workers, 4)))
        } catch  where error.code == .notFound {
            return try await context.api.objectExists(key) ? .alreadyThere : nil
        }
    }

    /// The level that was asked for, or the fastest where the contents do not compress anyway.
    private func compressionLevel() async throws(ClientError) -> Int {
        let level = context.options.compressionLevel
        guard level > CompressionProbe.fastestLevel, info.narSize >= CompressionProbe.smallestNar(level: level) else {
            return level
        }
        return try await CompressionProbe.compresses(info, in: context.directories)
            ? level : CompressionProbe.fastestLevel
    }

    // MARK: - Listings

    private func known(_ summary: NarSummary?) async throws(ClientError) -> NarListing {
        if let listing = summary?.listing { return listing }
        let processor = try await context.resources.processors.acquire(1)
        defer { context.resources.processors.release(processor) }
        var reader = NarChunks(listing: info, context: context)
        while try await reader.next() != nil {}
        guard let listing = try await reader.summary().listing else { throw Self.changed(path) }
        return listing
    }

    private func sendListings(of listing: NarListing) async throws(ClientError) {
        let bytes: [UInt8]
        do throws(NarKitError) {
            bytes = try Compression.compress(Array(listing.serialized()), format: .zstd)
        } catch {
            throw ClientError(
                .serverFailure, "The listing of \(path) could not be compressed: \(error.message)", cause: error)
        }
        for (key, url) in listings {
            try await context.resources.requests.withUnits(1) { () throws(ClientError) in
                _ = try await context.api.put(bytes, to: url, key: key, as: .listing)
                context.monitor.note(.sent(UInt64(bytes.count)))
                await context.register(listing: key, of: info)
            }
        }
    }

    private var path: String { info.storePath.path(in: context.directory) }

    static func changed(_ path: String) -> ClientError {
        ClientError(
            .hashMismatch,
            "\(path) is not what Nix recorded, so it was not published: repair it with `nix store verify --repair \(path)`, "
                + "or delete and rebuild it.")
    }
}
