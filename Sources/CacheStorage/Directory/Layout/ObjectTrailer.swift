import CacheCore

/// The attributes of an object, at the end of its file behind the content.
///
/// One file holds both, so that one rename publishes both, and the content starts at offset 0, so that a multipart upload
/// can be received into the very file that is published. The fields are followed by their length, four bytes with the
/// lowest first, and a mark.
enum ObjectTrailer {
    private static let mark: [UInt8] = Array("niks3ob1".utf8)
    private static let footerLength = 4 + 8

    /// The longest trailer, in bytes.
    static let maximumLength = 2048

    static func encode(_ attributes: ObjectAttributes) -> [UInt8] {
        let fields = FieldText.encode([
            ("size", String(attributes.size)),
            ("etag", attributes.etag),
            ("modified", String(attributes.lastModified.microseconds)),
            ("type", attributes.contentType),
            ("encoding", attributes.contentEncoding),
        ])
        let length = (0..<4).map { UInt8(truncatingIfNeeded: fields.count >> ($0 * 8)) }
        return fields + length + mark
    }

    /// Reads the trailer from the last bytes of a file.
    ///
    /// - Parameters:
    ///   - tail: the last ``maximumLength`` bytes, or all of a shorter file.
    ///   - fileLength: the length of the file in bytes.
    /// - Returns: `nil` when this is no trailer, or not that of a file of this length.
    static func decode(_ tail: ArraySlice<UInt8>, fileLength: Int64) -> ObjectAttributes? {
        guard tail.count >= footerLength, tail.suffix(mark.count).elementsEqual(mark) else { return nil }
        let rest = tail.dropLast(mark.count)
        let length = rest.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= rest.count - 4,
            let fields = FieldText.decode(rest.dropLast(4).suffix(length)),
            let size = fields["size"].flatMap({ Int64($0) }),
            size >= 0, size == fileLength - Int64(length + footerLength),
            let etag = fields["etag"],
            let modified = fields["modified"].flatMap({ Int64($0) })
        else { return nil }
        return ObjectAttributes(
            size: size, etag: etag, lastModified: Timestamp(microseconds: modified), contentType: fields["type"],
            contentEncoding: fields["encoding"])
    }

    /// Reads the trailer of an open file. Blocks.
    static func read(from file: OpenFile) throws(ObjectStoreError) -> ObjectAttributes {
        let length = try file.length()
        let tail = try file.read(
            at: max(0, length - Int64(maximumLength)), count: Int(min(length, Int64(maximumLength))))
        guard let attributes = decode(tail[...], fileLength: length) else { throw .damaged(file.path) }
        return attributes
    }
}
