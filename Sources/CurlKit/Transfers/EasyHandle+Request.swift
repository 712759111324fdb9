import CCurl

extension EasyHandle {
    /// Bodies up to this size, in bytes, are copied and sent together with the head.
    private static let smallBody = 64 * 1024

    /// The size, in bytes, in which larger ones are handed to the system; larger still is slower.
    private static let uploadBufferSize = 512 * 1024

    private static let downloadBufferSize = 128 * 1024

    /// Sets everything that a request asks for, except for the callbacks.
    func configure(for request: HTTPRequest, _ configuration: HTTPClientConfiguration) throws(OptionFailure) {
        try reset()
        try set(CURLOPT_NOSIGNAL, 1)
        // A transfer that is given up must not wait for its resolver thread. Before libcurl 7.87 it does.
        try set(ifKnown: CURLOPT_QUICK_EXIT, 1)
        try check(ccurl_easy_only_http(pointer))
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        let connectTimeout = request.connectTimeout ?? configuration.connectTimeout
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, connectTimeout.milliseconds))
        try configureNetwork(for: request, configuration)
        try configureMethod(of: request)
        try setHeaders(lines(of: request))
        if request.followRedirects, request.method == "GET" || request.method == "HEAD" {
            try set(CURLOPT_FOLLOWLOCATION, 1)
            try set(CURLOPT_MAXREDIRS, 10)
        }
    }

    private func configureNetwork(
        for request: HTTPRequest, _ configuration: HTTPClientConfiguration
    ) throws(OptionFailure) {
        // An empty string keeps libcurl from looking at the environment itself.
        try set(CURLOPT_PROXY, configuration.proxy.proxy(for: request.url) ?? "")
        if let bypass = configuration.proxy.bypass {
            try set(CURLOPT_NOPROXY, bypass)
        }
        guard request.url.prefix(6).lowercased() == "https:" || request.followRedirects else { return }
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            try set(CURLOPT_CAINFO, file)
        }
        if let file = configuration.clientCertificateFile {
            try set(CURLOPT_SSLCERT, file)
            try set(CURLOPT_SSLKEY, configuration.clientKeyFile ?? file)
        }
    }

    private func configureMethod(of request: HTTPRequest) throws(OptionFailure) {
        switch request.body {
        case .none where request.method == "GET":
            try set(CURLOPT_HTTPGET, 1)
            try set(CURLOPT_BUFFERSIZE, Self.downloadBufferSize)
            return
        case .none where request.method == "HEAD":
            try set(CURLOPT_NOBODY, 1)
            return
        case .none where !["PUT", "POST", "PATCH"].contains(request.method):
            try set(CURLOPT_HTTPGET, 1)
        case .none:
            try set(CURLOPT_POST, 1)
            try setBody([])
        case .bytes(let bytes) where bytes.count <= Self.smallBody:
            try set(CURLOPT_POST, 1)
            try setBody(bytes)
        case .bytes(let bytes):
            try configureUpload(length: Int64(bytes.count))
        case .stream(let length, _):
            try configureUpload(length: length)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func configureUpload(length: Int64?) throws(OptionFailure) {
        try set(CURLOPT_UPLOAD, 1)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBufferSize)
        try set(CURLOPT_INFILESIZE_LARGE, offset: length ?? -1)
    }

    private func lines(of request: HTTPRequest) -> [String] {
        // libcurl's own wishes: to be asked for the body, and to call it a form.
        var lines = ["Expect:"]
        if request.headers["content-type"] == nil { lines.append("Content-Type:") }
        for field in request.headers {
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        return lines
    }
}
