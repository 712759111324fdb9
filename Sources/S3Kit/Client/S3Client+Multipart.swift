import CurlKit

extension S3Client {
    /// Begins a multipart upload.
    ///
    /// - Parameters:
    ///   - key: the key that the object will have.
    ///   - options: what is kept with the object; its conditions and validity do not count here.
    /// - Returns: the upload's identifier.
    /// - Throws: ``S3Error``. A try whose answer was lost leaves an upload behind that only a listing shows.
    public func createMultipartUpload(
        _ key: String, options: S3PutOptions = S3PutOptions()
    ) async throws(S3Error) -> String {
        var kept = options
        kept.conditions = S3Conditions()
        let request = S3Request(
            method: "POST", key: try checked(key), query: [("uploads", "")], headers: kept.headers)
        return try await send(request, parsing: S3ResultReply.uploadID)
    }

    /// Uploads a part.
    ///
    /// - Parameters:
    ///   - bytes: the part, at least 5 MiB save the last one.
    ///   - key: the key that the object will have.
    ///   - uploadID: the upload's identifier.
    ///   - number: 1…10,000
    /// - Returns: the part as completing wants it.
    /// - Throws: ``S3Error``, `NoSuchUpload` when the upload is complete or aborted.
    public func uploadPart(
        _ bytes: [UInt8], of key: String, uploadID: String, number: Int
    ) async throws(S3Error) -> S3Part {
        guard (1...S3Limits.maximumParts).contains(number) else {
            throw S3Error(
                .invalidArgument, operation: "part \(number) of \(key)",
                message: "a part's number is from 1 to \(S3Limits.maximumParts)")
        }
        let request = S3Request(
            method: "PUT", key: try checked(key), query: [("partNumber", String(number)), ("uploadId", uploadID)],
            headers: [("Content-MD5", Self.md5(bytes))], body: .bytes(bytes), payload: .of(bytes))
        guard let etag = try await send(request)["ETag"] else {
            throw malformed(request, "the answer has no entity tag")
        }
        return S3Part(number: number, etag: etag, size: Int64(bytes.count))
    }

    /// Makes an object of the parts.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - uploadID: the upload's identifier.
    ///   - parts: the parts, in any order.
    ///   - validity: the time in which this may happen, or `nil` for no limit.
    /// - Returns: the entity tag, without quotes; empty where the service says none.
    /// - Throws: ``S3Error``, also when the service reports a failure after it began to answer with success.
    ///   `NoSuchUpload` may mean that an earlier try was carried out and its answer lost: see whether the object is
    ///   there.
    @discardableResult
    public func completeMultipartUpload(
        _ key: String, uploadID: String, parts: [S3Part], validity: S3Validity? = nil
    ) async throws(S3Error) -> String {
        let body = S3RequestXML.complete(parts.sorted { $0.number < $1.number })
        let request = S3Request(
            method: "POST", key: try checked(key), query: [("uploadId", uploadID)],
            headers: [("Content-Type", "application/xml")], body: .bytes(body), payload: .of(body),
            validity: validity, stallTimeout: .seconds(300))
        return try await send(request, examining: { await self.examine($0, key: key, uploadID: uploadID) }) {
            (bytes) throws(XMLError) in
            // While it works the service may send spaces, so that nobody thinks that it is gone.
            let reply = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            return try S3ResultReply.completedETag(parsing: Array(reply))
        }
    }

    /// Finds out whether completing failed because the upload is gone: the answer to an earlier try was lost, say.
    /// Some services report that as an error of their own, which would be tried again in vain.
    private func examine(_ error: S3Error, key: String, uploadID: String) async -> S3Error {
        guard error.isRetryable, !error.isThrottling else { return error }
        let request = S3Request(method: "GET", key: key, query: [("uploadId", uploadID), ("max-parts", "1")])
        do throws(S3Error) {
            try await attempt(request) { (_) throws(S3Error) in }
        } catch let finding where finding.code == .noSuchUpload || finding.code == .noSuchKey {
            return S3Error(
                .noSuchUpload, operation: error.operation, message: error.message, status: finding.status,
                requestID: error.requestID)
        } catch {}
        return error
    }

    /// Gives a multipart upload up. That there is none is no error.
    ///
    /// - Parameters:
    ///   - key: the key that the object would have had.
    ///   - uploadID: the upload's identifier.
    /// - Throws: ``S3Error`` when the upload may still be there.
    public func abortMultipartUpload(_ key: String, uploadID: String) async throws(S3Error) {
        do throws(S3Error) {
            _ = try await send(
                S3Request(method: "DELETE", key: try checked(key), query: [("uploadId", uploadID)]))
        } catch {
            // Some services say NoSuchKey.
            guard error.code == .noSuchUpload || error.code == .noSuchKey else { throw error }
        }
    }

    /// Lists the parts that an upload has by now.
    ///
    /// - Parameters:
    ///   - key: the key that the object will have.
    ///   - uploadID: the upload's identifier.
    ///   - after: the number after which the listing begins.
    ///   - limit: how many at most, 1…1,000.
    /// - Throws: ``S3Error``, `NoSuchUpload` when the upload is complete or aborted.
    public func listParts(
        _ key: String, uploadID: String, after: Int? = nil, limit: Int = S3Limits.maximumBatch
    ) async throws(S3Error) -> S3PartPage {
        var query = [("uploadId", uploadID), ("max-parts", String(min(max(limit, 1), S3Limits.maximumBatch)))]
        if let after { query.append(("part-number-marker", String(after))) }
        let request = S3Request(method: "GET", key: try checked(key), query: query)
        do throws(S3Error) {
            return try await send(request) { (bytes) throws(XMLError) in try S3PartPage(parsing: bytes) }
        } catch {
            guard error.code == .noSuchKey else { throw error }
            throw S3Error(
                .noSuchUpload, operation: error.operation, message: error.message, status: error.status,
                requestID: error.requestID)
        }
    }

    /// Lists the uploads that are neither complete nor aborted, by key.
    ///
    /// - Parameters:
    ///   - prefix: what the keys begin with.
    ///   - after: where the page before this one said that the listing goes on.
    ///   - limit: how many at most, 1…1,000.
    /// - Throws: ``S3Error``.
    public func listMultipartUploads(
        prefix: String = "", after: S3MultipartPage.Marker? = nil, limit: Int = S3Limits.maximumBatch
    ) async throws(S3Error) -> S3MultipartPage {
        // Not with encoding-type=url: Ceph then escapes the keys and does not say so.
        var query = [("uploads", ""), ("max-uploads", String(min(max(limit, 1), S3Limits.maximumBatch)))]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let after {
            if !after.key.isEmpty { query.append(("key-marker", after.key)) }
            if !after.uploadID.isEmpty { query.append(("upload-id-marker", after.uploadID)) }
        }
        let request = S3Request(method: "GET", key: "", query: query)
        return try await send(request) { (bytes) throws(XMLError) in try S3MultipartPage(parsing: bytes) }
    }
}
