import Crypto

/// A request in the one spelling that both sides hash.
///
/// Source: Amazon S3 API reference, "Signature Calculations for the Authorization Header", task 1.
struct CanonicalRequest {
    let method: String

    /// Percent-encoded once, starting with `/`.
    let encodedPath: String

    /// Encoded pairs, in the order of the signature.
    let encodedQuery: String

    /// Lower-case names with trimmed values, in the order of the signature.
    let headers: [(name: String, value: String)]

    let payloadHash: String

    init(
        method: String, encodedPath: String, query: [(String, String)], headers: [(String, String)],
        payloadHash: String
    ) {
        self.method = method
        self.encodedPath = encodedPath
        self.encodedQuery = Self.encode(query)
        self.headers = Self.canonicalize(headers)
        self.payloadHash = payloadHash
    }

    /// The names of the signed headers, separated by semicolons.
    var signedHeaders: String {
        headers.map(\.name).joined(separator: ";")
    }

    var text: String {
        var lines = [method, encodedPath, encodedQuery]
        lines += headers.map { "\($0.name):\($0.value)" }
        lines += ["", signedHeaders, payloadHash]
        return lines.joined(separator: "\n")
    }

    /// The lower-case hex SHA-256 of the text.
    var hash: String {
        Hex.encode(SHA256.hash(data: Array(text.utf8)))
    }

    /// Encodes pairs and sorts them by the bytes of the encoded names, then of the values.
    static func encode(_ query: [(String, String)]) -> String {
        let pairs = query.map { (S3PercentEncoding.encode($0), S3PercentEncoding.encode($1)) }
        return pairs.sorted(by: <).map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// Lower-cases and sorts the names, joins the values of equal names with commas, and squeezes spaces.
    private static func canonicalize(_ headers: [(String, String)]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
            values[name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }
}
