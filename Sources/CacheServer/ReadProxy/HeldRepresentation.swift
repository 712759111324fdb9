import CacheCore
import HTTPTypes

/// What a client says it has of an object, where the object store can compare it.
///
/// A list of tags, and the tag that stands for any, are compared once the object's attributes are there.
struct HeldRepresentation: Sendable {
    /// For the object store.
    let condition: ReadCondition
    /// The fields of a 304 by the store.
    let headers: HTTPFields

    /// - Returns: nil for a request without a condition, or with one that the store cannot compare.
    init?(of request: HTTPRequest, key: ServedKey) {
        var headers: HTTPFields = [:]
        if key.passesEncoding, key.kind != .object(.nar) { headers[.vary] = "Accept-Encoding" }
        if let field = request.headerFields[.ifNoneMatch] {
            guard let tag = EntityTag(single: field) else { return nil }
            condition = .entityTag(tag.value)
            headers[.eTag] = tag.description
        } else if let date = request.headerFields[.ifModifiedSince].flatMap({ HTTPDate($0) }) {
            condition = .unmodifiedSince(Timestamp(seconds: date.seconds))
        } else {
            return nil
        }
        self.headers = headers
    }
}
