/// A part of an object.
///
/// Source: RFC 9110, section 14.1.2, "Byte Ranges".
public enum S3Range: Hashable, Sendable {
    /// These bytes, as far as there are any; never empty.
    case bytes(ClosedRange<Int64>)

    /// From this byte to the end.
    case from(Int64)

    /// So many bytes at the end, at least 1.
    case last(Int64)

    /// The value of the header `Range`, or `nil` where no such range can be asked for.
    var headerValue: String? {
        switch self {
        case .bytes(let range) where range.lowerBound >= 0: "bytes=\(range.lowerBound)-\(range.upperBound)"
        case .from(let start) where start >= 0: "bytes=\(start)-"
        case .last(let count) where count >= 1: "bytes=-\(count)"
        default: nil
        }
    }
}
