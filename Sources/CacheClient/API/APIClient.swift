public import CacheCore
public import CurlKit

/// The HTTP API of a niks3 server, one function for each route that a push needs.
///
/// Requests are retried as the protocol asks; what reaches the caller is final.
public final class APIClient: Sendable {
    /// The server.
    public let server: ServerURL
    private let sender: RequestSender
    /// What sends to the storage, which slows down on its own.
    let storage: RequestSender
    private let http: HTTPClient
    /// What asks other substituters.
    let upstreams: RequestSender
    private let tokens: any TokenSource
    /// What requests belong to when the task that sends them belongs to nothing else.
    private let trace: TraceContext

    /// The largest answer that is read: the addresses of some hundred thousand uploads.
    private static let answerLimit = 1 << 30

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - server: The server.
    ///   - tokens: Where the API token comes from.
    ///   - http: What sends the requests.
    ///   - policy: When a request is sent again.
    ///   - trace: What requests belong to (W3C Trace Context), unless the task that sends them has a `TraceContext.current`.
    ///   - onRetry: Is told when a request failed and is sent again.
    public init(
        server: ServerURL, tokens: any TokenSource, http: HTTPClient, policy: RetryPolicy = RetryPolicy(),
        trace: TraceContext = TraceContext(),
        onRetry: @escaping @Sendable (RequestRetry) -> Void = { _ in }
    ) {
        self.server = server
        self.tokens = tokens
        self.http = http
        self.trace = trace
        sender = RequestSender(http: http, policy: policy, onRetry: onRetry)
        storage = RequestSender(http: http, policy: policy, onRetry: onRetry)
        upstreams = RequestSender(http: http, policy: policy, onRetry: onRetry)
    }

    /// That of a server that says nothing about itself.
    static let unknownConfiguration = CacheConfiguration(substituterURL: "", publicKeys: [], pushes: false)

    /// `GET /api/cache-config`, without credentials.
    ///
    /// - Parameter issuer: An issuer of OIDC tokens, of which the audience is asked for.
    /// - Returns: What the server says about itself; for a server without this route, that it can do nothing special.
    /// - Throws: ``ClientError`` when the server cannot be asked.
    public func cacheConfiguration(issuer: String? = nil) async throws(ClientError) -> CacheConfiguration {
        let query = issuer.map { "?issuer=" + QueryText.encoded($0) } ?? ""
        let reply = try await call("GET", "/api/cache-config" + query, authorized: false)
        if reply.status == 404 || reply.status == 401 { return Self.unknownConfiguration }
        return try decode(CacheConfiguration.self, from: try expectSuccess(reply, "/api/cache-config"))
    }

    /// `POST /api/objects/present`: which narinfos are roots of closures that the server has.
    ///
    /// - Parameter keys: Keys of narinfos.
    /// - Returns: Those that are there.
    /// - Throws: ``ClientError``; a caller does without the answer then.
    public func present(_ keys: [String]) async throws(ClientError) -> [String] {
        let path = "/api/objects/present"
        let reply = try await call("POST", path, body: try encode(PresentRequest(keys: keys)))
        return try decode(PresentResponse.self, from: try expectSuccess(reply, path)).present
    }

    /// `POST /api/pushes` or `POST /api/pending_closures`: begins an upload.
    ///
    /// - Parameters:
    ///   - request: What the closures consist of.
    ///   - family: The routes to use, which the request must fit.
    /// - Returns: What has to be uploaded, and where.
    /// - Throws: ``ClientError`` with the code `notFound` when the server has no such route.
    public func createUpload(
        _ request: CreateUploadRequest, family: UploadFamily
    ) async throws(ClientError) -> CreateUploadResponse {
        let reply = try await call("POST", family.path, body: try encode(request))
        return try decode(CreateUploadResponse.self, from: try expectSuccess(reply, family.path))
    }

    /// `POST …/{id}/sign`: signatures for narinfos, and the order to publish them.
    ///
    /// - Parameters:
    ///   - request: The narinfos and realisations.
    ///   - id: The upload.
    ///   - family: The routes it was begun by.
    public func sign(
        _ request: SignRequest, upload id: String, family: UploadFamily
    ) async throws(ClientError) -> SignResponse {
        let path = "\(family.path)/\(id)/sign"
        let reply = try await call("POST", path, body: try encode(request))
        return try decode(SignResponse.self, from: try expectSuccess(reply, path))
    }

    /// `POST …/{id}/complete`: everything has been uploaded.
    ///
    /// - Parameters:
    ///   - id: The upload.
    ///   - family: The routes it was begun by.
    /// - Throws: ``ClientError`` with the code `incomplete` when something it relied on is gone, `notFound` when the upload
    ///   is.
    public func complete(upload id: String, family: UploadFamily) async throws(ClientError) {
        let path = "\(family.path)/\(id)/complete"
        _ = try expectSuccess(try await call("POST", path, body: []), path)
    }

    /// `POST /api/multipart/request-parts`: addresses for further parts.
    ///
    /// - Parameter request: Which parts.
    /// - Returns: The addresses, at least one, beginning with the part asked for.
    /// - Throws: ``ClientError`` with the code `notFound` when the upload is not registered any more.
    public func requestParts(_ request: PartsRequest) async throws(ClientError) -> [String] {
        let path = "/api/multipart/request-parts"
        let reply = try await call("POST", path, body: try encode(request))
        let answer = try decode(PartsResponse.self, from: try expectSuccess(reply, path))
        guard answer.startPartNumber == request.startPartNumber, !answer.partURLs.isEmpty,
            answer.partURLs.allSatisfy({ !$0.isEmpty })
        else {
            throw ClientError(
                .serverFailure,
                "\(server) was asked for the addresses of parts from \(request.startPartNumber) of \(request.objectKey) and "
                    + "answered with others: this is a fault of the server, report it.")
        }
        return answer.partURLs
    }

    /// `POST /api/multipart/complete`: all parts have been uploaded.
    ///
    /// - Parameter request: The parts.
    /// - Throws: ``ClientError`` with the code `notFound` when the upload is not registered any more.
    public func completeMultipart(_ request: CompleteMultipartRequest) async throws(ClientError) {
        let path = "/api/multipart/complete"
        _ = try expectSuccess(try await call("POST", path, body: try encode(request)), path)
    }

    /// `HEAD /api/objects/{key}`: whether the storage has an object.
    ///
    /// - Parameter key: The object.
    public func objectExists(_ key: String) async throws(ClientError) -> Bool {
        let path = "/api/objects/\(key)"
        let reply = try await call("HEAD", path)
        if reply.status == 404 { return false }
        _ = try expectSuccess(reply, path)
        return true
    }

    /// `POST /api/uploads/complete`: one object has been uploaded.
    ///
    /// - Parameter key: The object.
    /// - Throws: ``ClientError``; the push goes on without it.
    public func uploadCompleted(_ key: String) async throws(ClientError) {
        let path = "/api/uploads/complete"
        _ = try expectSuccess(
            try await call("POST", path, body: try encode(UploadCompletedRequest(objectKey: key))), path)
    }

    /// `POST /api/objects/uploaded`: some NARs have been uploaded.
    ///
    /// - Parameter keys: The NARs.
    /// - Throws: ``ClientError`` with the code `notFound` when the server has no such route; the push goes on without it.
    public func uploaded(_ keys: [String]) async throws(ClientError) {
        let path = "/api/objects/uploaded"
        _ = try expectSuccess(try await call("POST", path, body: try encode(UploadedRequest(keys: keys))), path)
    }

    /// `POST /api/uploads/skipped`: what was left out because a NAR was too large.
    ///
    /// - Parameter request: How much.
    /// - Throws: ``ClientError``; the push goes on without it.
    public func uploadsSkipped(_ request: UploadsSkippedRequest) async throws(ClientError) {
        let path = "/api/uploads/skipped"
        _ = try expectSuccess(try await call("POST", path, body: try encode(request)), path)
    }
}

extension APIClient {
    func call(
        _ method: String, _ path: String, body: [UInt8]? = nil, authorized: Bool = true
    ) async throws(ClientError) -> Reply {
        let token = authorized ? try await tokens.token() : nil
        let reply = try await send(method, path, body: body, token: token)
        // The token may have been replaced, or have expired, while the push went on: once, a newer one is tried.
        guard reply.status == 401, let token, let other = try await tokens.token(insteadOf: token) else { return reply }
        return try await send(method, path, body: body, token: other)
    }

    private func send(
        _ method: String, _ path: String, body: [UInt8]?, token: String?
    ) async throws(ClientError) -> Reply {
        var headers = HTTPHeaders()
        let span = (TraceContext.current ?? trace).child()
        headers.append(name: TraceContext.fieldName, value: span.text)
        if let token { headers.append(name: "Authorization", value: "Bearer \(token)") }
        if let body, !body.isEmpty { headers.append(name: "Content-Type", value: "application/json") }
        let request = HTTPRequest(
            method: method, url: server.appending(path), headers: headers, body: body.map { .bytes($0) } ?? .none)
        return try await sender.send(request, responseLimit: Self.answerLimit)
    }

    /// The same client, which tells how things are now: it sends no request again that failed.
    var withoutRetries: APIClient {
        APIClient(server: server, tokens: tokens, http: http, policy: .never, trace: trace)
    }

    /// An answer to anybody, whatever its status.
    func read(_ path: String) async throws(ClientError) -> Reply {
        try await sender.send(HTTPRequest(url: server.appending(path)), responseLimit: 1 << 20)
    }

    func expectSuccess(_ reply: Reply, _ path: String) throws(ClientError) -> Reply {
        guard !reply.isSuccess else { return reply }
        let reason = reply.text.isEmpty ? "" : ": \(reply.text)"
        switch reply.status {
        case 401:
            throw ClientError(
                .unauthorized,
                "\(server) does not accept the API token from \(tokens) (401): check that it is the token of this server."
            )
        case 403:
            throw ClientError(.forbidden, "\(server) does not allow \(path) (403)\(reason).")
        case 404, 405:
            throw ClientError(.notFound, "\(server) does not know \(path) (\(reply.status))\(reason).")
        case 409:
            let missing = (try? MissingObjectsResponse.decode(reply.body))?.missing ?? []
            let names = missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", …" : "")
            throw ClientError(
                .incomplete,
                "\(server) lacks \(missing.isEmpty ? "something that the push needs\(reason)" : names): push again.")
        case 413:
            throw ClientError(
                .rejected, "\(server) finds the request too large (413)\(reason): push fewer paths at a time.")
        case 507:
            throw ClientError(
                .serverFailure, "\(server) has no space left\(reason): free space there, then push again.")
        case 400..<500:
            throw ClientError(.rejected, "\(server) refuses \(path) (\(reply.status))\(reason).")
        default:
            let request = reply.headers["X-Request-Id"].map { "; its log has more under request=\($0)" } ?? ""
            throw ClientError(
                .serverFailure, "\(server) failed at \(path) (\(reply.status))\(reason)\(request): try again later.")
        }
    }

    func encode(_ message: some APIMessage) throws(ClientError) -> [UInt8] {
        do throws(CacheError) {
            return try message.encoded()
        } catch {
            throw ClientError(.rejected, "A request could not be written as JSON: \(error.message)", cause: error)
        }
    }

    func decode<Message: APIMessage>(_ type: Message.Type, from reply: Reply) throws(ClientError) -> Message {
        do throws(CacheError) {
            return try Message.decode(reply.body)
        } catch {
            throw ClientError(
                .serverFailure,
                "The answer of \(server) is not that of a niks3 server (\(error.message)): check the address.",
                cause: error)
        }
    }
}
