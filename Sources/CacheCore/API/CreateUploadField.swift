/// A field of a create request.
enum CreateUploadField: String, CaseIterable, Sendable {
    /// The request itself.
    case document = ""
    case closure, roots, objects
    case verifyS3 = "verify_s3"
    case external

    /// The field of a name; nil for one that nobody reads.
    init?(_ name: Span<UInt8>) {
        if name.isEqual(to: "closure") {
            self = .closure
        } else if name.isEqual(to: "objects") {
            self = .objects
        } else if name.isEqual(to: "roots") {
            self = .roots
        } else if name.isEqual(to: "verify_s3") {
            self = .verifyS3
        } else if name.isEqual(to: "external") {
            self = .external
        } else {
            return nil
        }
    }
}
