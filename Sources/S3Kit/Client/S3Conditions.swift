#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What must hold for a request to be carried out.
///
/// Reads know all of them; of writes S3 only knows `ifNoneMatch` with `*`, and some services `ifMatch`.
public struct S3Conditions: Hashable, Sendable {
    /// The object is this one. Otherwise the answer is `PreconditionFailed`.
    public var ifMatch: String?

    /// The object is none of these, with or without quotes; `*` stands for any. Otherwise a read answers
    /// `NotModified`, a write `PreconditionFailed`.
    public var ifNoneMatch: [String]

    /// The object was written after this. Otherwise a read answers `NotModified`.
    public var ifModifiedSince: Date?

    /// Makes conditions; none by default.
    public init(ifMatch: String? = nil, ifNoneMatch: [String] = [], ifModifiedSince: Date? = nil) {
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
    }

    /// A write that never replaces an object.
    public static let absent = S3Conditions(ifNoneMatch: ["*"])

    var headers: [(String, String)] {
        var headers: [(String, String)] = []
        if let ifMatch { headers.append(("If-Match", S3ETag.quoted(ifMatch))) }
        if !ifNoneMatch.isEmpty {
            let tags = ifNoneMatch.map { $0 == "*" ? "*" : S3ETag.quoted($0) }
            headers.append(("If-None-Match", tags.joined(separator: ", ")))
        }
        if let ifModifiedSince { headers.append(("If-Modified-Since", S3Timestamp.http(ifModifiedSince))) }
        return headers
    }
}
