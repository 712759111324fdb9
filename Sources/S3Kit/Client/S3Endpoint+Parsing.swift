extension S3Endpoint {
    /// Reads an endpoint as people write it: `s3.example.org`, `127.0.0.1:9000`, `https://host/base/path`.
    ///
    /// - Parameters:
    ///   - text: a host with what belongs to it; empty for Amazon's own service.
    ///   - usesTLS: whether TLS is used where the text names no scheme.
    ///   - bucket: the bucket's name.
    ///   - lookup: where the bucket's name goes.
    /// - Throws: ``S3Error`` with code `invalid-argument` when the text is no endpoint.
    public init(
        parsing text: String, usesTLS: Bool = true, bucket: String, lookup: S3BucketLookup = .auto
    ) throws(S3Error) {
        func failure(_ problem: String) -> S3Error {
            S3Error(
                .invalidArgument, operation: "S3 endpoint \(text.debugDescription)",
                message: "\(problem); write it as host, host:port or https://host:port")
        }
        var rest = text[...]
        var scheme = usesTLS ? "https" : "http"
        if let separator = rest.firstRange(of: "://") {
            scheme = rest[..<separator.lowerBound].lowercased()
            guard scheme == "https" || scheme == "http" else { throw failure("the scheme is neither http nor https") }
            rest = rest[separator.upperBound...]
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !rest.contains(where: { "?#@\\\"<>".contains($0) })
        else { throw failure("it holds a character that does not belong there") }
        let authority = rest.prefix { $0 != "/" }
        let basePath = rest.dropFirst(authority.count)
        guard let (host, portText) = Self.split(authority.isEmpty ? "s3.amazonaws.com" : authority) else {
            throw failure("the host is not one")
        }
        var port: Int?
        if let portText {
            guard portText.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(portText), (1...65_535).contains(number)
            else { throw failure("the port is not a number from 1 to 65535") }
            port = number
        }
        guard !bucket.isEmpty, bucket.utf8.count <= 255, !bucket.contains("/") else {
            throw S3Error(
                .invalidArgument, operation: "S3 bucket \(bucket.debugDescription)",
                message: "this is not the name of a bucket; give the name without slashes")
        }
        self.init(
            scheme: scheme, host: String(host), port: port, bucket: bucket,
            addressing: lookup.addressing(host: host.lowercased(), isSecure: scheme == "https", bucket: bucket),
            basePath: String(basePath))
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            return (authority[...end], after.isEmpty ? nil : after.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty else { return nil }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
}
