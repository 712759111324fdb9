/// The files that TLS needs, in PEM.
public struct TLSFiles: Hashable, Sendable {
    /// The server's certificate, and those that vouch for it.
    public var certificate: String
    /// Its private key.
    public var key: String
    /// The certificates that vouch for those of clients; nil to ask clients for none.
    public var clientAuthority: String?

    /// - Parameters:
    ///   - certificate: the server's certificate, and those that vouch for it.
    ///   - key: its private key.
    ///   - clientAuthority: the certificates that vouch for those of clients; nil to ask clients for none.
    public init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}
