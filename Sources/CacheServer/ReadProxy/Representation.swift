import CacheCore
import HTTPTypes

/// In which form a stored object goes to one client, and the fields that say so.
struct Representation: Sendable {
    /// Whether the stored body is zstd and has to be decoded for this client.
    let isDecoded: Bool
    let entityTag: EntityTag
    let lastModified: HTTPDate
    /// For a 200 or 206.
    let headers: HTTPFields

    /// - Parameters:
    ///   - attributes: what the store says of the object.
    ///   - key: which it is.
    ///   - accepted: the client's codings.
    init(of attributes: ObjectAttributes, key: ServedKey, accepted: AcceptedEncodings) {
        let isCoded = attributes.contentEncoding?.lowercased() == "zstd"
        isDecoded = isCoded && !(key.passesEncoding && accepted.allows("zstd"))
        // A strong tag names bytes, and those of a decoded body are not the stored ones.
        entityTag = EntityTag(value: attributes.etag, isWeak: isDecoded)
        lastModified = HTTPDate(seconds: attributes.lastModified.seconds)
        var headers: HTTPFields = [
            .contentType: key.contentType,
            .eTag: entityTag.description,
            .lastModified: lastModified.description,
            .xContentTypeOptions: "nosniff",
        ]
        if isCoded {
            if !isDecoded { headers[.contentEncoding] = "zstd" }
            if key.passesEncoding { headers[.vary] = "Accept-Encoding" }
        } else if let encoding = attributes.contentEncoding, !encoding.isEmpty {
            headers[.contentEncoding] = encoding
        }
        if !isDecoded { headers[.acceptRanges] = "bytes" }
        self.headers = headers
    }

    /// Whether the client has it already: status 304. If-None-Match decides alone where it is given.
    func isUnchanged(for request: HTTPRequest) -> Bool {
        if let tags = request.headerFields[.ifNoneMatch] { return entityTag.isListed(in: tags) }
        guard let since = request.headerFields[.ifModifiedSince].flatMap({ HTTPDate($0) }) else { return false }
        return lastModified <= since
    }

    /// Whether a range may be sent: If-Range is absent or names exactly this.
    func allowsRange(for request: HTTPRequest) -> Bool {
        guard !isDecoded else { return false }
        guard let condition = request.headerFields[.ifRange] else { return true }
        return HTTPDate(condition).map { $0 == lastModified } ?? entityTag.isStrongly(condition)
    }

    /// The fields of a 304.
    var unchangedHeaders: HTTPFields {
        HTTPFields(headers.filter { [.eTag, .lastModified, .vary].contains($0.name) })
    }
}
