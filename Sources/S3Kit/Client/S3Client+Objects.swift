import Crypto
import CurlKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension S3Client {
    /// Asks what there is under a key.
    ///
    /// - Parameter key: the object's key.
    /// - Returns: what the object is like, or `nil` when there certainly is none.
    /// - Throws: ``S3Error`` when that is not known.
    public func head(_ key: String) async throws(S3Error) -> S3ObjectAttributes? {
        let request = S3Request(method: "HEAD", key: try checked(key))
        do throws(S3Error) {
            let headers = try await send(request)
            guard let size = headers["Content-Length"].flatMap({ Int64($0) }), size >= 0 else {
                throw malformed(request, "the answer does not say the object's size")
            }
            return S3ObjectAttributes(headers: headers, size: size)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    /// Begins to read an object.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - range: which bytes; `nil` for all.
    ///   - conditions: what must hold.
    /// - Returns: the object, whose bytes come as they are read.
    /// - Throws: ``S3Error``: `NoSuchKey`, `NotModified`, `PreconditionFailed`, `InvalidRange`, or what went wrong.
    public func get(
        _ key: String, range: S3Range? = nil, conditions: S3Conditions = S3Conditions()
    ) async throws(S3Error) -> S3Object {
        var request = S3Request(method: "GET", key: try checked(key), headers: conditions.headers)
        if let range {
            guard let value = range.headerValue else {
                throw S3Error(
                    .invalidArgument, operation: operation(of: request),
                    message: "a range begins at 0 or later, and the last bytes are at least one")
            }
            request.headers.append(("Range", value))
        }
        return try await send(request) { [request] (response) throws(S3Error) in
            if response.status == 206 {
                guard let text = response.headers["Content-Range"],
                    let (range, size) = S3ObjectAttributes.parse(contentRange: text)
                else { throw self.malformed(request, "the answer does not say which bytes it holds") }
                return S3Object(
                    attributes: S3ObjectAttributes(headers: response.headers, size: size), range: range,
                    body: response.body)
            }
            guard let size = response.body.expectedLength else {
                throw self.malformed(request, "the answer does not say the object's size")
            }
            return S3Object(
                attributes: S3ObjectAttributes(headers: response.headers, size: size), range: 0..<size,
                body: response.body)
        }
    }

    /// Writes an object of bytes that are in memory.
    ///
    /// The service checks that it got these bytes.
    ///
    /// - Parameters:
    ///   - bytes: the object.
    ///   - key: its key.
    ///   - options: what is kept with it, and under which conditions it is written.
    /// - Returns: the entity tag, without quotes.
    /// - Throws: ``S3Error``. With conditions, a try that was carried out but whose answer was lost may end in
    ///   `PreconditionFailed`.
    @discardableResult
    public func put(_ bytes: [UInt8], to key: String, options: S3PutOptions = S3PutOptions()) async throws(S3Error)
        -> String
    {
        let request = S3Request(
            method: "PUT", key: try checked(key), headers: options.headers + [("Content-MD5", Self.md5(bytes))],
            body: .bytes(bytes), payload: .of(bytes), validity: options.validity)
        return S3ETag.unquoted(try await send(request)["ETag"] ?? "")
    }

    /// Writes an object of chunks that are made while they are sent.
    ///
    /// - Parameters:
    ///   - stream: makes the chunks; it is called again for each try.
    ///   - length: how many bytes there will be in all.
    ///   - key: the object's key.
    ///   - options: what is kept with it, and under which conditions it is written.
    /// - Returns: the entity tag, without quotes.
    /// - Throws: ``S3Error``.
    @discardableResult
    public func put(
        streaming stream: @escaping @Sendable () -> any AsyncSequence<[UInt8], any Error>, length: Int64,
        to key: String, options: S3PutOptions = S3PutOptions()
    ) async throws(S3Error) -> String {
        let request = S3Request(
            method: "PUT", key: try checked(key), headers: options.headers, body: .stream(length: length, stream),
            payload: .unsigned, validity: options.validity)
        return S3ETag.unquoted(try await send(request)["ETag"] ?? "")
    }

    /// Copies an object within the bucket, up to 5 GiB.
    ///
    /// - Parameters:
    ///   - source: the key to copy from.
    ///   - key: the key to copy to.
    ///   - validity: the time in which this may happen, or `nil` for no limit.
    /// - Returns: the copy's entity tag, without quotes.
    /// - Throws: ``S3Error``, also when the service reports a failure after it began to answer with success.
    @discardableResult
    public func copy(_ source: String, to key: String, validity: S3Validity? = nil) async throws(S3Error) -> String {
        let path = S3PercentEncoding.encodePath("\(endpoint.bucket)/\(try checked(source))")
        let request = S3Request(
            method: "PUT", key: try checked(key), headers: [("x-amz-copy-source", path)], validity: validity,
            stallTimeout: .seconds(300))
        return try await send(request, parsing: S3ResultReply.copiedETag)
    }

    /// Deletes an object. That there is none is no error.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - validity: the time in which this may happen, or `nil` for no limit.
    /// - Throws: ``S3Error`` when the object may still be there.
    public func delete(_ key: String, validity: S3Validity? = nil) async throws(S3Error) {
        do throws(S3Error) {
            _ = try await send(S3Request(method: "DELETE", key: try checked(key), validity: validity))
        } catch {
            guard error.code == .noSuchKey else { throw error }
        }
    }

    /// The value of `Content-MD5`.
    static func md5(_ bytes: [UInt8]) -> String {
        Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
    }

    func checked(_ key: String) throws(S3Error) -> String {
        guard !key.isEmpty, key.utf8.count <= S3Limits.maximumKeyLength else {
            throw S3Error(
                .invalidArgument, operation: "key \(key.prefix(64).debugDescription)",
                message: "a key has 1 to \(S3Limits.maximumKeyLength) bytes, this one has \(key.utf8.count)")
        }
        return key
    }

    func malformed(_ request: S3Request, _ problem: String) -> S3Error {
        S3Error(
            .malformedReply, operation: operation(of: request),
            message: "\(problem); check that the endpoint is an S3 service")
    }
}
