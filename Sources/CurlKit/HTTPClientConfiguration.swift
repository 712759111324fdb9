#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What all requests of a client have in common.
public struct HTTPClientConfiguration: Sendable {
    /// The value of `User-Agent`, where a request has none of its own.
    public var userAgent = "niks3"

    /// Which proxies are used. What the environment says, unless it is set.
    public var proxy = HTTPProxy(environment: ProcessInfo.processInfo.environment)

    /// A file of certificates in PEM that are trusted, instead of the system's.
    public var certificateAuthorityFile: String?

    /// A file in PEM with the certificate that the client shows, with those that vouch for it after it.
    public var clientCertificateFile: String?

    /// A file in PEM with the key of that certificate. `nil` where both are in one file.
    public var clientKeyFile: String?

    /// How many connections to one host and port may be open at once; further requests wait.
    public var maximumConnectionsPerHost = 128

    /// How many connections may be open at once.
    public var maximumConnections = 512

    /// For how long a connection may take to be made, where a request does not say.
    public var connectTimeout = Duration.seconds(10)

    /// How many bytes of a response may wait to be read before the server is made to wait.
    public var responseBufferSize = 256 * 1024

    /// How many bytes of a streamed request may wait to be sent before the stream is made to wait.
    public var requestBufferSize = 1024 * 1024

    /// The largest head of a response, in bytes.
    public var maximumHeadSize = 64 * 1024

    /// Is given the heads of requests and responses, without their secrets. It is called on the thread that does all
    /// transfers, and must not wait for anything.
    public var debugHook: (@Sendable (String) -> Void)?

    /// Makes the standard configuration.
    public init() {}
}
