public import CacheCore
import S3Kit

extension S3Store {
    /// Begins a multipart upload. S3 cannot enforce a largest size.
    ///
    /// - Returns: the service's id for it. When the answer is lost, an upload stays behind that only
    ///   ``listMultiparts(prefix:after:limit:)`` shows.
    public func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        do throws(S3Error) {
            return try await client.createMultipartUpload(key, options: S3PutOptions(contentType: contentType))
        } catch {
            throw failure(error)
        }
    }

    /// Writes a part that the server itself sends.
    public func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        do throws(S3Error) {
            let part = try await client.uploadPart(bytes, of: key, uploadID: uploadID, number: partNumber)
            return CompletedPart(partNumber: part.number, etag: part.etag)
        } catch {
            throw failure(error)
        }
    }

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - uploadID: the upload's id.
    ///   - parts: the parts in any order; ETags with or without quotes.
    ///   - lease: the service refuses a request that begins after its end.
    /// - Throws: ``ObjectStoreError``: `noSuchUpload`, also when an earlier request did it and its answer was lost;
    ///   `invalidPart`; `expired` when the lease is over.
    public func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        guard !parts.isEmpty else {
            throw ObjectStoreError(.invalidPart, "\(key) cannot be put together of no parts: name at least one.")
        }
        let validity = try validity(of: lease, subject: key)
        do throws(S3Error) {
            try await client.completeMultipartUpload(
                key, uploadID: uploadID, parts: parts.map { S3Part(number: $0.partNumber, etag: $0.etag) },
                validity: validity)
        } catch {
            throw failure(error)
        }
    }

    /// Gives a multipart upload up. One that is unknown is no error.
    public func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        do throws(S3Error) {
            try await client.abortMultipartUpload(key, uploadID: uploadID)
        } catch {
            throw failure(error)
        }
    }

    /// Lists the parts that a multipart upload has.
    public func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        do throws(S3Error) {
            let page = try await client.listParts(key, uploadID: uploadID, after: after, limit: limit)
            return PartPage(
                parts: page.parts.map { PartPage.Entry(partNumber: $0.number, etag: $0.etag, size: $0.size) },
                hasMore: page.next != nil)
        } catch {
            throw failure(error)
        }
    }

    /// Lists the multipart uploads under way, by key.
    public func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        do throws(S3Error) {
            let page = try await client.listMultipartUploads(
                prefix: prefix, after: after.map { S3MultipartPage.Marker(key: $0.key, uploadID: $0.uploadID) },
                limit: limit)
            return MultipartPage(
                uploads: page.uploads.map {
                    MultipartPage.Entry(
                        key: $0.key, uploadID: $0.uploadID, initiated: Timestamp(known: $0.initiated))
                },
                next: page.next.map { MultipartPage.Marker(key: $0.key, uploadID: $0.uploadID) })
        } catch {
            throw failure(error)
        }
    }
}
