import Crypto

/// What all URLs have in common that are dated alike, are good for equally long, and of which only the host is signed.
///
/// A server makes them by the hundred thousand: what does not depend on the key is made once.
struct PresignedPrefix: Sendable {
    /// The parameters in front of all whose names begin with a small letter: encoded, in the order of the signature.
    let parameters: String

    let seconds: Int64
    let lifetime: Int64

    /// What is signed, up to the hash of the request.
    private let head: String

    /// The authentication code of nothing yet.
    private let code: HMAC<SHA256>

    init(signer: SigV4, instant: SigningDate, lifetime: Int64, key: SymmetricKey) {
        seconds = instant.seconds
        self.lifetime = lifetime
        parameters = CanonicalRequest.encode(
            signer.parameters(instant: instant, lifetime: lifetime, signedHeaders: "host"))
        head = signer.stringToSign(hash: "", at: instant)
        code = HMAC<SHA256>(key: key)
    }

    /// Whether a query can follow the parameters as it is sorted.
    static func canPrecede(_ query: [(String, String)]) -> Bool {
        query.allSatisfy { name, _ in name.utf8.first.map { $0 >= UInt8(ascii: "a") } ?? false }
    }

    /// Makes a URL.
    ///
    /// - Parameter query: names and values, not encoded, for which ``canPrecede(_:)`` holds.
    func url(
        method: String, scheme: String, hostHeader: String, encodedPath: String, query: [(String, String)]
    ) -> String {
        let query = query.isEmpty ? "" : "&" + CanonicalRequest.encode(query)
        var text = ""
        text.reserveCapacity(
            encodedPath.utf8.count + parameters.utf8.count + query.utf8.count + hostHeader.utf8.count + 128)
        text += method
        text += "\n"
        text += encodedPath
        text += "\n"
        text += parameters
        text += query
        text += "\nhost:"
        text += hostHeader
        text += "\n\nhost\nUNSIGNED-PAYLOAD"

        var hash = SHA256()
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        var signed = head + Hex.encode(hash.finalize())
        var code = code
        signed.withUTF8 { code.update(data: UnsafeRawBufferPointer($0)) }

        text.removeAll(keepingCapacity: true)
        text += scheme
        text += "://"
        text += hostHeader
        text += encodedPath
        text += "?"
        text += parameters
        text += query
        text += "&X-Amz-Signature="
        text += Hex.encode(code.finalize())
        return text
    }
}
