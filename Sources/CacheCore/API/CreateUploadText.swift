/// The JSON text of the answer to a create request, in chunks: the same as that of a ``CreateUploadResponse``.
///
/// The URLs of half a million objects take hundreds of megabytes. Here they are made one after the other, when their
/// chunk is asked for. A text that ends with an error is no valid JSON.
public struct CreateUploadText: AsyncSequence, Sendable {
    /// A chunk.
    public typealias Element = [UInt8]
    /// ``CacheError``, in a form that sequences can be handed on in.
    public typealias Failure = any Error

    private let upload: BegunUpload

    /// How many bytes a chunk has before it is handed on; the last object may make it longer.
    static let chunkSize = 64 << 10

    init(_ upload: BegunUpload) {
        self.upload = upload
    }

    /// About how many bytes the text has, as far as that can be known before URLs are made.
    public var estimatedSize: Int64 {
        let partCount = 100 * upload.multiparts.count
        return Int64(upload.count + partCount) * 1024
    }

    /// Writes the text from its beginning.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(upload: upload) }

    /// Writes the text.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate let upload: BegunUpload
        private var index = 0
        private var isAtEnd = false

        fileprivate init(upload: BegunUpload) {
            self.upload = upload
        }

        /// The next chunk.
        /// - Throws: ``CacheError`` when the object store can make no URL.
        public mutating func next() async throws -> [UInt8]? {
            guard !isAtEnd else { return nil }
            var text: [UInt8] = []
            text.reserveCapacity(CreateUploadText.chunkSize + 4096)
            if index == 0 {
                text += #"{"id":""#.utf8
                text += upload.upload.id.description.utf8
                text += #"","pending_objects":{"#.utf8
            }
            while index < upload.count {
                guard text.count < CreateUploadText.chunkSize else { return text }
                let (key, place) = try await upload.pendingObject(index)
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text.append(json: key.text)
                text.append(UInt8(ascii: ":"))
                text.append(json: place)
                index += 1
            }
            text += #"},"started_at":"#.utf8
            text.append(json: upload.upload.startedAt.description)
            text.append(UInt8(ascii: "}"))
            isAtEnd = true
            return text
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(json place: PendingObject) {
        self += "{".utf8
        if let multipart = place.multipart {
            self += #""multipart_info":{"part_urls":["#.utf8
            for (index, url) in multipart.partURLs.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(json: url)
            }
            self += #"],"upload_id":"#.utf8
            append(json: multipart.uploadID)
            self += "},".utf8
        }
        if let url = place.presignedURL {
            self += #""presigned_url":"#.utf8
            append(json: url)
            self += ",".utf8
        }
        self += #""type":"#.utf8
        append(json: place.type.rawValue)
        self += "}".utf8
    }
}
