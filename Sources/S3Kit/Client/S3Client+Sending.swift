import CurlKit
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension S3Client {
    /// How much of a refusal's body is read, in bytes.
    static let maximumRefusal = 64 << 10

    /// Sends a request until it is answered for good.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - examine: looks closer at the failure of a try, before it is decided whether there is another one.
    ///   - read: makes something of an answer with a status of success.
    /// - Returns: what was made of the answer.
    func send<Value: Sendable>(
        _ request: S3Request, examining examine: (S3Error) async -> S3Error = { $0 },
        _ read: (HTTPResponse) async throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let result: Result<Value, S3Error> = await retrier.run(until: deadline(of: request)) { number in
            let start = ContinuousClock.now
            do throws(S3Error) {
                let value = try await attempt(request, read)
                report(request, number, since: start, failure: nil)
                return (.success(value), .settled)
            } catch {
                report(request, number, since: start, failure: error)
                let error = await examine(error)
                return (.failure(error), outcome(of: error, for: request))
            }
        }
        return try result.get()
    }

    /// What a failed try means for further ones.
    ///
    /// A request with a limit is for those who count on what it says: when a try may yet take effect, a second one would
    /// have its answer taken for that of both. Whoever made it decides again.
    private func outcome(of error: S3Error, for request: S3Request) -> AttemptOutcome {
        request.validity != nil && error.mayTakeEffect ? .failed : error.outcome
    }

    private func report(
        _ request: S3Request, _ number: Int, since start: ContinuousClock.Instant, failure: S3Error?
    ) {
        guard let onAttempt else { return }
        onAttempt(
            S3Attempt(
                operation: request.operationName, number: number, status: failure.map(\.status) ?? 200,
                isThrottled: failure?.isThrottling ?? false, duration: ContinuousClock.now - start))
    }

    /// From when on the service would refuse a further try.
    private func deadline(of request: S3Request) -> ContinuousClock.Instant? {
        guard let validity = request.validity else { return nil }
        let time = serviceTime(offset: route.withLock { $0.clockOffset })
        return .now + .seconds(validity.end.timeIntervalSince(time))
    }

    /// Sends a request of which only the success matters, and returns the head of the answer.
    func send(_ request: S3Request) async throws(S3Error) -> HTTPHeaders {
        try await send(request) { (response) throws(S3Error) in
            _ = try await self.collect(response, of: request, limit: Self.maximumRefusal)
            return response.headers
        }
    }

    /// Sends a request whose answer is XML.
    func send<Value: Sendable>(
        _ request: S3Request, examining examine: (S3Error) async -> S3Error = { $0 },
        parsing parse: ([UInt8]) throws(XMLError) -> Value
    ) async throws(S3Error) -> Value {
        try await send(request, examining: examine) { (response) throws(S3Error) in
            try await self.parse(response, of: request, with: parse)
        }
    }

    /// Reads an answer that is XML.
    func parse<Value>(
        _ response: HTTPResponse, of request: S3Request, with parse: ([UInt8]) throws(XMLError) -> Value
    ) async throws(S3Error) -> Value {
        let bytes = try await collect(response, of: request, limit: XMLLimits().size)
        do throws(XMLError) {
            return try parse(bytes)
        } catch {
            // Services that began to answer before they were done report what failed with status 200.
            if let reply = try? S3ErrorReply(parsing: bytes) {
                throw refusal(of: request, response: response, reply: reply)
            }
            throw S3Error(
                .malformedReply, operation: operation(of: request),
                message: "the answer is none of S3's, check that the endpoint is right: \(error)",
                status: response.status, requestID: response.headers["x-amz-request-id"], cause: error)
        }
    }

    func operation(of request: S3Request) -> String {
        request.operation(in: endpoint.bucket)
    }

    /// Makes one try, and further ones where the answer says what was wrong with it.
    func attempt<Value>(
        _ request: S3Request, _ read: (HTTPResponse) async throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        var corrections = S3Corrections()
        while true {
            let credentials = try await credentials.credentials()
            let (signer, route) = signer(for: credentials)
            let response: HTTPResponse
            do {
                response = try await http.execute(signed(request, signer: signer, route: route))
            } catch {
                throw S3Error(error, operation: operation(of: request))
            }
            if response.isSuccess { return try await read(response) }
            // What cannot be read of the reason is no reason to lose the status.
            let body = (try? await response.body.collect(upTo: Self.maximumRefusal)) ?? []
            let reply = try? S3ErrorReply(parsing: body)
            let error = refusal(of: request, response: response, reply: reply)
            guard
                corrections.apply(
                    to: self, after: error, reply: reply, response: response, request: request, sent: route,
                    credentials: credentials)
            else { throw error }
        }
    }

    func signed(_ request: S3Request, signer: SigV4, route: Route) -> HTTPRequest {
        let endpoint = route.endpoint
        let url: String
        var headers: HTTPHeaders
        if let validity = request.validity {
            url = signer.presignedURL(
                method: request.method, endpoint: endpoint, key: request.key, query: request.query,
                headers: request.headers, lifetime: validity.lifetime, date: validity.start)
            headers = HTTPHeaders(request.headers.map { (name: $0.0, value: $0.1) })
        } else {
            let path = endpoint.encodedPath(of: request.key)
            let query = CanonicalRequest.encode(request.query)
            url = "\(endpoint.scheme)://\(endpoint.hostHeader)\(path)\(query.isEmpty ? "" : "?\(query)")"
            headers = HTTPHeaders(
                signer.signedHeaders(
                    method: request.method, hostHeader: endpoint.hostHeader, encodedPath: path,
                    query: request.query, headers: request.headers,
                    payload: endpoint.scheme == "https" && request.hasBody ? .unsigned : request.payload,
                    date: serviceTime(offset: route.clockOffset)))
            // Not signed: something in between may put its own in its place.
            if let trace = TraceContext.current { headers[TraceContext.fieldName] = trace.child().text }
        }
        return HTTPRequest(
            method: request.method, url: url, headers: headers, body: request.body,
            totalTimeout: request.totalTimeout, stallTimeout: request.stallTimeout)
    }

    func collect(_ response: HTTPResponse, of request: S3Request, limit: Int) async throws(S3Error) -> [UInt8] {
        do {
            return try await response.body.collect(upTo: limit)
        } catch {
            throw S3Error(error, operation: operation(of: request))
        }
    }

    /// What an answer that is not one of success means.
    private func refusal(of request: S3Request, response: HTTPResponse, reply: S3ErrorReply?) -> S3Error {
        var code = reply.map { S3Error.Code($0.code) } ?? S3Error.Code(status: response.status, key: request.key)
        var message = reply?.message ?? ""
        // Whether it is over is for the service's clock to say, which is cut to whole seconds here.
        let time =
            response.headers["Date"].flatMap(S3Timestamp.parse(http:))
            ?? serviceTime(offset: route.withLock { $0.clockOffset })
        if let validity = request.validity, response.status == 403, time >= validity.end {
            code = .tooLate
            message = "the time in which it may take effect is over"
        }
        return S3Error(
            code, operation: operation(of: request),
            message: message.isEmpty ? "the service answers with status \(response.status)" : message,
            status: response.status, requestID: response.headers["x-amz-request-id"] ?? reply?.requestID,
            retryAfter: response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: now()) })
    }
}

extension S3Request {
    /// Whether there is a body that a signature could leave out.
    var hasBody: Bool {
        if case .none = body { false } else { true }
    }
}

extension S3Error {
    /// An error of the HTTP client.
    init(_ error: HTTPError, operation: String) {
        self.init(
            error.code == .cancelled ? .cancelled : .connection, operation: operation, message: error.message,
            cause: error)
    }

    /// What the error means for further tries.
    var outcome: AttemptOutcome {
        if code == .connection, let error = cause as? HTTPError { return AttemptOutcome(error) }
        guard let status else { return .failed }
        if isThrottling { return .throttled(retryAfter: retryAfter) }
        return isRetryable ? .unavailable(status: status, retryAfter: retryAfter) : .settled
    }
}

extension S3Error.Code {
    /// What a status means whose answer has no body, or another's than S3's.
    init(status: Int, key: String) {
        switch status {
        case 304: self = .notModified
        case 401, 403: self = .accessDenied
        case 404: self = key.isEmpty ? .noSuchBucket : .noSuchKey
        case 412: self = .preconditionFailed
        case 416: self = .invalidRange
        default: self.init("")
        }
    }
}
