internal import CacheCore
internal import NarKit
internal import Synchronization

/// The parts of one multipart upload, several of them under way at once.
final class PartUploads: Sendable {
    typealias Part = CompleteMultipartRequest.Part

    private let upload: MultipartInfo
    private let key: String
    private let context: UploadContext
    private let compression: NarCompression
    /// Takes note of what arrives; nil where nobody does.
    private let journal: UploadJournal?
    /// What had arrived before this push.
    private let earlier: [Int: UploadJournal.Part]
    /// Why a part could not be sent; what is read after that is for nothing.
    private let failure = Mutex<ClientError?>(nil)

    init(
        upload: MultipartInfo, key: String, compression: NarCompression, journal: UploadJournal?,
        earlier: [Int: UploadJournal.Part] = [:], context: UploadContext
    ) {
        self.upload = upload
        self.key = key
        self.compression = compression
        self.journal = journal
        self.earlier = earlier
        self.context = context
    }

    /// Reads, compresses and sends a NAR, and completes the upload once its hash was found right.
    ///
    /// - Parameters:
    ///   - info: The path.
    ///   - workers: How many threads compress.
    /// - Returns: What is known of the NAR.
    /// - Throws: ``ClientError`` with the code `notFound` when the upload is not registered any more.
    func send(info: PathInfo, workers: Int) async throws(ClientError) -> NarSummary {
        let chunks = NarChunks(info: info, context: context, compression: compression, workers: workers)
        let summary: NarSummary
        let parts: [Part]
        do {
            (summary, parts) = try await withThrowingTaskGroup(of: Part.self) { group in
                let summary = try await chunks.tellingProgress { () throws(ClientError) in
                    try await self.read(chunks, plan: PartPlan(narSize: info.narSize), into: &group)
                }
                var parts: [Part] = []
                for try await part in group { parts.append(part) }
                return (summary, parts)
            }
        } catch {
            let error = ClientError(wrapping: error)
            throw error.code == .cancelled ? failure.withLock { $0 } ?? error : error
        }
        try await context.resources.requests.withUnits(1) { () throws(ClientError) in
            try await context.api.completeMultipart(
                CompleteMultipartRequest(
                    objectKey: key, uploadID: upload.uploadID, parts: parts.sorted { $0.partNumber < $1.partNumber }))
        }
        return summary
    }

    private func read(
        _ chunks: NarChunks, plan: PartPlan, into group: inout ThrowingTaskGroup<Part, any Error>
    ) async throws(ClientError) -> NarSummary {
        var chunks = chunks
        var urls = Dictionary(uniqueKeysWithValues: upload.partURLs.enumerated().map { ($0.offset + 1, $0.element) })
        var number = 1
        var held = try await context.resources.memory.acquire(plan.partSize)
        var buffer: [UInt8] = []
        defer { context.resources.memory.release(held) }
        while let chunk = try await chunks.next() {
            var rest = chunk[...]
            while !rest.isEmpty {
                if buffer.count == plan.partSize {
                    try await begin(part: number, bytes: buffer, holding: held, urls: &urls, in: &group)
                    (held, buffer) = (0, [])
                    number += 1
                    held = try await context.resources.memory.acquire(plan.partSize)
                    if let failure = failure.withLock({ $0 }) { throw failure }
                }
                if buffer.isEmpty { buffer.reserveCapacity(plan.partSize) }
                let piece = rest.prefix(plan.partSize - buffer.count)
                buffer += piece
                rest = rest.dropFirst(piece.count)
            }
        }
        // The last part is only sent when all is right, so that what is wrong is never whole.
        let summary = try await chunks.checkedSummary()
        try await begin(part: number, bytes: buffer, holding: held, urls: &urls, in: &group)
        held = 0
        return summary
    }

    /// Sends a part in a task of its own, which gives back the memory.
    private func begin(
        part number: Int, bytes: [UInt8], holding memory: Int, urls: inout [Int: String],
        in group: inout ThrowingTaskGroup<Part, any Error>
    ) async throws(ClientError) {
        let hash = journal == nil ? nil : NixHash.sha256(of: bytes)
        if let known = earlier[number], known.hash == hash {
            context.resources.memory.release(memory)
            context.monitor.note(.kept(UInt64(bytes.count)))
            group.addTask { Part(partNumber: number, etag: known.etag) }
            return
        }
        let url = try await address(of: number, from: &urls)
        group.addTask { [self] in
            defer { context.resources.memory.release(memory) }
            do throws(ClientError) {
                let part = try await send(part: number, bytes: bytes, to: url)
                if let hash { await journal?.add(.init(number: number, etag: part.etag, hash: hash)) }
                return part
            } catch {
                if error.code != .cancelled { failure.withLock { $0 = $0 ?? error } }
                throw error
            }
        }
    }

    private func address(of number: Int, from urls: inout [Int: String]) async throws(ClientError) -> String {
        if let url = urls.removeValue(forKey: number) { return url }
        let further = try await furtherURLs(from: number)
        for (offset, url) in further.enumerated().dropFirst() { urls[number + offset] = url }
        return further[0]
    }

    private func furtherURLs(from number: Int) async throws(ClientError) -> [String] {
        let count = PartPlan.partsToRequest(from: number)
        guard count > 0 else {
            throw ClientError(
                .rejected, "\(key) needs more than \(PartPlan.maximumPartCount) parts, which no storage takes.")
        }
        return try await context.api.requestParts(
            PartsRequest(objectKey: key, uploadID: upload.uploadID, startPartNumber: number, partCount: count))
    }

    private func send(part number: Int, bytes: [UInt8], to url: String) async throws(ClientError) -> Part {
        try await context.resources.requests.withUnits(1) { () throws(ClientError) in
            guard let etag = try await put(part: number, bytes: bytes, to: url), !etag.isEmpty else {
                throw ClientError(
                    .serverFailure,
                    "The storage at \(APIClient.host(of: url)) took part \(number) of \(key) without giving an ETag: it is no "
                        + "S3, or something in between removes the header.")
            }
            context.monitor.note(.sent(UInt64(bytes.count)))
            return Part(partNumber: number, etag: etag)
        }
    }

    /// Sends a part, to a new address where the one at hand is too old: a push may take longer than they live.
    private func put(part number: Int, bytes: [UInt8], to url: String) async throws(ClientError) -> String? {
        do throws(ClientError) {
            return try await context.api.put(bytes, to: url, key: key, as: .part)
        } catch  where error.code == .expired {
            let urls = try await context.api.requestParts(
                PartsRequest(objectKey: key, uploadID: upload.uploadID, startPartNumber: number, partCount: 1))
            return try await context.api.put(bytes, to: urls[0], key: key, as: .part)
        }
    }
}
