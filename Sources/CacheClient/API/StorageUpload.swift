internal import CacheCore
internal import CurlKit

/// What kind of thing is PUT into the storage: the headers it gets, and the answers that mean success.
struct StorageUpload: Equatable, Sendable {
    var contentType: String
    var contentEncoding: String?
    var acceptedStatuses: Set<Int>

    static let nar = StorageUpload(contentType: "application/x-nix-nar", acceptedStatuses: [200, 204])
    static let part = StorageUpload(contentType: "application/octet-stream", acceptedStatuses: [200, 201, 204])
    static let narinfo = StorageUpload(contentType: "text/x-nix-narinfo", acceptedStatuses: Set(200..<300))
    static let listing = StorageUpload(
        contentType: "application/json", contentEncoding: "zstd", acceptedStatuses: [200, 204])
    static let realisation = StorageUpload(contentType: "application/json", acceptedStatuses: [200, 204])
    static let buildLog = StorageUpload(
        contentType: "text/plain; charset=utf-8", contentEncoding: "zstd", acceptedStatuses: [200, 201, 204])
}

extension APIClient {
    /// PUTs an object, or a part of one, to a presigned address.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - url: The address, whose query is a secret.
    ///   - key: The object, for messages.
    ///   - upload: What kind of thing it is.
    /// - Returns: The ETag, where the storage gave one.
    /// - Throws: ``ClientError`` with the code `notFound` for a 404, `expired` for a 403.
    func put(
        _ bytes: [UInt8], to url: String, key: String, as upload: StorageUpload
    ) async throws(ClientError) -> String? {
        var headers: HTTPHeaders = ["Content-Type": upload.contentType]
        if let encoding = upload.contentEncoding { headers.append(name: "Content-Encoding", value: encoding) }
        let request = HTTPRequest(method: "PUT", url: url, headers: headers, body: .bytes(bytes))
        let reply = try await storage.send(request, responseLimit: 1 << 20)
        guard !upload.acceptedStatuses.contains(reply.status) else { return reply.headers["ETag"] }
        let host = Self.host(of: url)
        let reason = reply.text.isEmpty ? "" : ": \(reply.text.prefix(300))"
        switch reply.status {
        case 404:
            throw ClientError(.notFound, "The storage at \(host) does not know the upload of \(key) (404)\(reason).")
        case 403:
            throw ClientError(
                .expired,
                "The storage at \(host) refuses \(key) (403)\(reason): push again, since addresses expire, and check that the "
                    + "clocks of server and storage are right.")
        case 413:
            throw ClientError(.rejected, "The storage at \(host) finds \(key) too large (413)\(reason).")
        case 507:
            throw ClientError(
                .serverFailure,
                "The storage at \(host) has no space left for \(key)\(reason): free space there, then push "
                    + "again.")
        default:
            throw ClientError(
                .serverFailure,
                "The storage at \(host) did not take \(key) (\(reply.status))\(reason): try again later.")
        }
    }

    /// Host and port of a URL.
    static func host(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        return parts.count > 1 ? String(parts[1].prefix { $0 != "?" && $0 != "#" }) : "an unknown host"
    }
}
