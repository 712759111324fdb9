/// What a form sent: `application/x-www-form-urlencoded`
/// (<https://url.spec.whatwg.org/#application/x-www-form-urlencoded>).
struct FormFields: Sendable {
    /// The largest form that is read, in bytes.
    static let limit = 64 << 10

    private let target: RequestTarget?

    /// - Parameter bytes: the body of the request.
    init(_ bytes: [UInt8]) {
        target = RequestTarget("/?" + String(decoding: bytes, as: UTF8.self))
    }

    /// The value of a field without the white space around it; empty where it was not sent.
    subscript(name: String) -> String {
        let value = target?.parameter(name) ?? ""
        return String(
            value.trimmingPrefix(while: \.isWhitespace).reversed().trimmingPrefix(while: \.isWhitespace).reversed())
    }
}
