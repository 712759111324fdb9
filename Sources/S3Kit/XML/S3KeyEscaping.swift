/// How keys are written in a listing: as they are, or percent-encoded, as XML cannot hold every character of a key.
struct S3KeyEscaping: Hashable {
    private let isEscaped: Bool

    /// - Parameter encodingType: what the reply's `EncodingType` says; empty where it has none.
    init(_ encodingType: String = "") {
        isEscaped = encodingType == "url"
    }

    /// The key that was meant. Services write a space as `+` or as `%20`, and a plus always as `%2B`.
    func resolve(_ text: String) throws(XMLError) -> String {
        guard isEscaped else { return text }
        guard let key = S3PercentEncoding.decode(text.replacing("+", with: "%20")) else {
            throw XMLError(reason: "a key holds a broken escape", offset: 0)
        }
        return key
    }
}
