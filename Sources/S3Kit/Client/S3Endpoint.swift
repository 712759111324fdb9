/// Where a bucket is: turns keys into the host header and the encoded path that are sent and signed.
public struct S3Endpoint: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String

    /// A host name, an IPv4 address, or an IPv6 address in brackets.
    public let host: String

    /// The port, or `nil` for the scheme's own.
    public let port: Int?

    /// The bucket's name; empty where the host and the base path already say which one it is.
    public let bucket: String

    /// How the bucket's name appears in a URL.
    public let addressing: S3Addressing

    /// What comes before the bucket or the key in every path: empty, or starting with `/` and not ending in one.
    /// It is already percent-encoded.
    public let basePath: String

    /// Makes an endpoint from its parts.
    ///
    /// - Parameters:
    ///   - scheme: `http` or `https`.
    ///   - host: a host name, an IPv4 address, or an IPv6 address in brackets.
    ///   - port: a port; the scheme's own one is the same as `nil`.
    ///   - bucket: the bucket's name, or empty.
    ///   - addressing: how the bucket's name appears in a URL.
    ///   - basePath: a percent-encoded path in front of everything; slashes around it do not matter.
    public init(
        scheme: String, host: String, port: Int? = nil, bucket: String, addressing: S3Addressing = .path,
        basePath: String = ""
    ) {
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        let standardPort = self.scheme == "https" ? 443 : 80
        self.port = port == standardPort ? nil : port
        self.bucket = bucket
        self.addressing = addressing
        let segments = basePath.split(separator: "/")
        self.basePath = segments.isEmpty ? "" : "/" + segments.joined(separator: "/")
    }

    /// What the `Host` header says: the bucket in front where it is part of the host, and no standard port.
    public var hostHeader: String {
        let name = addressing == .virtualHost && !bucket.isEmpty ? "\(bucket).\(host)" : host
        guard let port else { return name }
        return "\(name):\(port)"
    }

    /// The percent-encoded path of a key, as it is sent and signed.
    ///
    /// - Parameter key: an object's key; empty for the bucket itself.
    /// - Returns: a path that starts with `/`.
    public func encodedPath(of key: String) -> String {
        var path = basePath
        if addressing == .path, !bucket.isEmpty {
            path += "/" + S3PercentEncoding.encodePath(bucket)
        }
        if !key.isEmpty || path.isEmpty {
            path += "/" + S3PercentEncoding.encodePath(key)
        }
        return path
    }

    /// The URL of a key, without a query.
    ///
    /// - Parameter key: an object's key; empty for the bucket itself.
    public func url(of key: String) -> String {
        "\(scheme)://\(hostHeader)\(encodedPath(of: key))"
    }
}
