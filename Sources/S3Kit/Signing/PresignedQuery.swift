/// The query of a presigned URL, taken apart; nothing in it is trusted yet.
struct PresignedQuery {
    struct Malformed: Error {
        let reason: String
    }

    /// Names and values of all but the signature.
    let signedPairs: [(String, String)]

    /// The signature's bytes.
    let signature: [UInt8]

    let credential: String
    let signedAt: SigningDate

    /// In seconds.
    let lifetime: Int64

    let sessionToken: String?

    /// What is not part of the signature's own bookkeeping.
    let parameters: [String: String]

    private static let prefix = "X-Amz-"

    init(parsing query: String) throws(Malformed) {
        guard query.utf8.count <= SigV4.maximumQueryLength else {
            throw Malformed(reason: "the query is too long")
        }
        let pieces = query.utf8.split(separator: UInt8(ascii: "&"))
        guard pieces.count <= SigV4.maximumParameters else {
            throw Malformed(reason: "the query has too many parameters")
        }
        var all: [String: String] = [:]
        for piece in pieces {
            let (name, value) = try Self.pair(piece)
            guard all.updateValue(value, forKey: name) == nil else {
                throw Malformed(reason: "the query names a parameter twice")
            }
        }
        func required(_ name: String) throws(Malformed) -> String {
            guard let value = all[name] else { throw Malformed(reason: "\(name) is missing") }
            return value
        }
        guard try required("X-Amz-Algorithm") == SigV4.algorithm else {
            throw Malformed(reason: "X-Amz-Algorithm is not \(SigV4.algorithm)")
        }
        guard let date = SigningDate(parsing: try required("X-Amz-Date")) else {
            throw Malformed(reason: "X-Amz-Date is no date")
        }
        let digits = try required("X-Amz-Expires")
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seconds = Int64(digits), seconds >= 1, seconds <= SigV4.maximumLifetime.components.seconds
        else {
            throw Malformed(reason: "X-Amz-Expires is not a number of seconds from 1 to 604800")
        }
        guard try required("X-Amz-SignedHeaders") == "host" else {
            throw Malformed(reason: "X-Amz-SignedHeaders is not host")
        }
        let signature = try required("X-Amz-Signature")
        guard signature.utf8.count == 64, let bytes = Hex.decode(signature) else {
            throw Malformed(reason: "X-Amz-Signature is not 64 digits in lower-case hex")
        }
        self.credential = try required("X-Amz-Credential")
        self.signature = bytes
        self.signedAt = date
        self.lifetime = seconds
        self.sessionToken = all["X-Amz-Security-Token"]
        self.signedPairs = all.filter { $0.key != "X-Amz-Signature" }.map { ($0.key, $0.value) }
        self.parameters = all.filter { !$0.key.hasPrefix(Self.prefix) }
    }

    private static func pair(_ piece: String.UTF8View.SubSequence) throws(Malformed) -> (String, String) {
        let end = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
        let name = Substring(piece[..<end])
        let value = Substring(piece[end...].dropFirst())
        guard let decodedName = S3PercentEncoding.decode(name), let decodedValue = S3PercentEncoding.decode(value)
        else { throw Malformed(reason: "the query holds a broken escape") }
        return (decodedName, decodedValue)
    }
}
