internal import CurlKit
internal import NarKit

/// Reads a cache as Nix does.
struct CacheReader: Sendable {
    let cache: String
    /// The value of the header `Authorization`, where the cache asks for credentials.
    let authorization: String?
    let http: HTTPClient
    let retrier: Retrier
    let sender: RequestSender

    /// libcurl keeps the header from other servers that a redirect leads to.
    private var headers: HTTPHeaders {
        guard let authorization else { return [:] }
        return ["Authorization": authorization]
    }

    /// A small object; nil when it is not there.
    func small(_ key: String, limit: Int) async throws(ClientError) -> [UInt8]? {
        let reply = try await sender.send(
            HTTPRequest(url: "\(cache)/\(key)", headers: headers, followRedirects: true), responseLimit: limit)
        if reply.status == 404 || reply.status == 403 { return nil }
        guard reply.isSuccess else { throw failure(key, reply.status) }
        return reply.body
    }

    /// What is wrong with a NAR as far as its size tells; nil when nothing is.
    func sizeProblem(of info: NarInfo) async throws(ClientError) -> String? {
        let reply = try await sender.send(
            HTTPRequest(method: "HEAD", url: "\(cache)/\(info.url)", headers: headers, followRedirects: true),
            responseLimit: 0)
        if reply.status == 404 || reply.status == 403 { return "is missing" }
        guard reply.isSuccess else { throw failure(info.url, reply.status) }
        guard let size = reply.headers["Content-Length"].flatMap({ UInt64($0) }) else { return nil }
        if let expected = info.fileSize, expected != size { return "has \(size) bytes instead of \(expected)" }
        if info.compression == "none", size != info.narSize { return "has \(size) bytes instead of \(info.narSize)" }
        return size == 0 ? "is empty" : nil
    }

    /// What is wrong with the contents of a NAR; nil when nothing is.
    func contentProblem(of info: NarInfo) async throws(ClientError) -> String? {
        guard let format = CompressionFormat(rawValue: info.compression) else {
            return "is compressed with \(info.compression), which cannot be read here"
        }
        // A transfer that breaks off is begun anew: the hash is that of the whole.
        let result: Result<String?, ClientError> = await retrier.run { _ in
            do {
                return (.success(try await hash(info, format)), .settled)
            } catch let error as HTTPError {
                return (
                    .failure(ClientError(.unreachable, error.message, cause: error)), AttemptOutcome(error)
                )
            } catch let error as StatusError {
                return (
                    .failure(failure(info.url, error.status)),
                    AttemptOutcome(status: error.status, headers: error.headers, body: [])
                )
            } catch let error as NarKitError {
                return (.success("cannot be decompressed: \(error.message)".trimmingFullStop), .settled)
            } catch {
                return (.failure(ClientError(wrapping: error)), .failed)
            }
        }
        guard !Task.isCancelled else { throw .cancelled }
        return try result.get()
    }

    private struct StatusError: Error {
        var status: Int
        var headers: HTTPHeaders
    }

    private func hash(_ info: NarInfo, _ format: CompressionFormat) async throws -> String? {
        let response = try await http.execute(
            HTTPRequest(url: "\(cache)/\(info.url)", headers: headers, followRedirects: true))
        if response.status == 404 || response.status == 403 { return "is missing" }
        guard (200..<300).contains(response.status) else {
            throw StatusError(status: response.status, headers: response.headers)
        }
        let decompressor = try Decompressor(format)
        var file = SHA256Hasher()
        var nar = SHA256Hasher()
        func drain() throws -> Bool {
            while let bytes = try decompressor.next() {
                nar.update(bytes)
                // What claims to be small must not keep us busy for ever.
                guard nar.byteCount <= info.narSize else { return false }
            }
            return true
        }
        for try await chunk in response.body {
            file.update(chunk)
            decompressor.push(chunk)
            guard try drain() else { return "is longer than the \(info.narSize) bytes of its narinfo" }
        }
        decompressor.finish()
        guard try drain() else { return "is longer than the \(info.narSize) bytes of its narinfo" }
        guard nar.byteCount == info.narSize else {
            return "has \(nar.byteCount) bytes when decompressed instead of \(info.narSize)"
        }
        guard nar.finalized() == info.narHash else { return "does not have the hash of its narinfo" }
        if let hash = info.fileHash, hash != file.finalized() { return "does not have the FileHash of its narinfo" }
        if let size = info.fileSize, size != file.byteCount {
            return "has \(file.byteCount) bytes instead of \(size)"
        }
        return nil
    }

    private func failure(_ key: String, _ status: Int) -> ClientError {
        if status == 401 {
            return ClientError(
                .unauthorized,
                authorization == nil
                    ? "The cache \(cache) asks for credentials (401): give them with --auth-token-path or --netrc-file."
                    : "The cache \(cache) does not accept the credentials (401): check that they are those of this cache."
            )
        }
        return unexpected(key, status)
    }

    private func unexpected(_ key: String, _ status: Int) -> ClientError {
        ClientError(
            .serverFailure, "The cache \(cache) answered \(status) for \(key): check its address, or try again later.")
    }
}

extension String {
    fileprivate var trimmingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
