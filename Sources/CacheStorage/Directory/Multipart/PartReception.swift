import CacheCore
import Synchronization

/// A part that is being received, into the upload's content or a file of its own. Every method blocks.
final class PartReception: Sendable {
    private enum Target {
        case content(OpenFile, slotSize: Int64)
        case ownFile(ObjectWriter)
    }

    private struct Progress {
        var digest = ContentDigest()
        var size: Int64 = 0
        var isEnded = false
    }

    private let upload: MultipartUpload
    private let number: Int
    private let reception: Int
    private let target: Target
    private let progress = Mutex(Progress())

    /// - Parameters:
    ///   - upload: the upload.
    ///   - number: the number of the part.
    ///   - length: its length in bytes, if it is known.
    /// - Throws: ``ObjectStoreError`` when the upload is closed.
    init(of upload: MultipartUpload, number: Int, length: Int64?) throws(ObjectStoreError) {
        self.upload = upload
        self.number = number
        let (reception, slotSize) = try upload.startReception(number: number, length: length)
        self.reception = reception
        do throws(ObjectStoreError) {
            if let slotSize {
                guard let content = try OpenFile.updating(upload.contentPath) else { throw .noSuchUpload(upload.key) }
                target = .content(content, slotSize: slotSize)
            } else {
                target = .ownFile(try ObjectWriter(path: upload.receivingPath()))
            }
        } catch {
            upload.endReception(reception, number: number, inContent: slotSize != nil)
            throw error
        }
    }

    deinit {
        discard()
    }

    func append(_ chunks: [[UInt8]]) throws(ObjectStoreError) {
        switch target {
        case .content(let file, let slotSize):
            try upload.withOpenContent { () throws(ObjectStoreError) in
                var offset = Int64(number - 1) * slotSize + progress.withLock { $0.size }
                for chunk in chunks {
                    try file.write(chunk, at: offset)
                    offset += Int64(chunk.count)
                }
            }
            progress.withLock { progress in
                for chunk in chunks {
                    progress.digest.append(chunk)
                    progress.size += Int64(chunk.count)
                }
            }
        case .ownFile(let writer):
            try writer.append(chunks)
        }
    }

    /// Makes the part durable and one of the upload's.
    ///
    /// - Returns: the ETag.
    func finish() throws(ObjectStoreError) -> String {
        let part: StoredPart
        switch target {
        case .content(let file, let slotSize):
            try file.synchronize()
            let (size, etag) = progress.withLock { ($0.size, $0.digest.etag) }
            part = StoredPart(
                number: number, sequence: try upload.nextSequence(), size: size, etag: etag, slotSize: slotSize)
            guard try OpenFile.creating(upload.path(of: part)) != nil else { throw .noSuchUpload(upload.key) }
        case .ownFile(let writer):
            try writer.synchronize()
            part = StoredPart(
                number: number, sequence: try upload.nextSequence(), size: writer.size, etag: writer.etag,
                slotSize: nil)
            guard try writer.publish(as: upload.path(of: part)) else { throw .noSuchUpload(upload.key) }
        }
        try FileTree.synchronize(directory: upload.directory)
        let replaced = try upload.record(part)
        if let replaced { try FileTree.remove(upload.path(of: replaced)) }
        discard()
        return part.etag
    }

    /// Gives the part up, unless it is finished.
    func discard() {
        let wasEnded = progress.withLock { progress in
            defer { progress.isEnded = true }
            return progress.isEnded
        }
        guard !wasEnded else { return }
        switch target {
        case .content:
            upload.endReception(reception, number: number, inContent: true)
        case .ownFile(let writer):
            writer.discard()
            upload.endReception(reception, number: number, inContent: false)
        }
    }
}
