import CacheCore
import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ObjectAttributes {
    /// Under this name of the writer's own some services give a Content-Encoding back.
    private static let encodingName = "content-encoding"

    /// What the head of an answer says.
    init(_ attributes: S3ObjectAttributes) {
        self.init(
            size: attributes.size, etag: attributes.etag, lastModified: Timestamp(known: attributes.lastModified),
            contentType: attributes.contentType,
            contentEncoding: Self.encoding(attributes.contentEncoding)
                ?? Self.encoding(attributes.metadata[Self.encodingName]))
    }

    /// What the bytes are encoded with; `nil` when they are as they were.
    ///
    /// Some services keep `aws-chunked`, which only says how the bytes were sent.
    private static func encoding(_ value: String?) -> String? {
        let codings = (value ?? "").split(separator: ",")
            .map { $0.trimming(while: { $0 == " " || $0 == "\t" }) }
            .filter { !$0.isEmpty && !["aws-chunked", "identity"].contains($0.lowercased()) }
        return codings.isEmpty ? nil : codings.joined(separator: ", ")
    }
}

extension Timestamp {
    /// An instant that the service tells; the present where it does not, so that nothing is taken for old.
    init(known date: Date?) {
        self.init(date ?? Date())
    }
}

extension Substring {
    fileprivate func trimming(while predicate: (Character) -> Bool) -> Substring {
        var rest = drop(while: predicate)
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
