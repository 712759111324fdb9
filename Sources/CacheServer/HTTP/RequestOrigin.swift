import CacheCore
import Hummingbird

/// Where presigned URLs of this server point to.
struct RequestOrigin: Sendable {
    /// What was configured; it holds for every request.
    let configured: URLOrigin?
    /// Whether clients reach this server itself over TLS.
    var usesTLS = false

    /// How the client of this request sees the server.
    ///
    /// - Throws: ``APIError`` (400) where nothing is configured and the request names no host, or none that may stand
    ///   in a URL.
    func origin(of request: Request) throws(APIError) -> URLOrigin {
        if let configured { return configured }
        guard let authority = request.head.authority, Self.isAuthority(authority) else {
            throw .invalid("the request needs a Host field with the name or address of this server")
        }
        return URLOrigin(scheme: usesTLS ? "https" : request.head.scheme ?? "http", authority: authority)
    }

    /// `host`, `host:port` or `[address]:port`: nothing that would end the authority in a URL.
    static func isAuthority(_ text: String) -> Bool {
        let allowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "-._~:[]%".utf8.contains(byte)
            }
        }
        return !text.isEmpty && text.utf8.count <= 300 && text.utf8.allSatisfy(allowed)
    }
}
