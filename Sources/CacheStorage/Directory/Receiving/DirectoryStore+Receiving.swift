import CacheCore

extension DirectoryStore {
    /// What an object is served with when it was sent without a type, as by S3.
    private static let defaultContentType = "binary/octet-stream"

    /// Takes a PUT of an object or of a part by a presigned URL, and answers as S3 does.
    ///
    /// Memory is bounded by the size of a batch and of one chunk of the body. When the task is cancelled, or the body ends
    /// early, nothing stays of it.
    ///
    /// - Parameters:
    ///   - request: what was received at a path that begins with ``pathPrefix``.
    ///   - body: the body as it comes; it is not read any further once the request is refused.
    /// - Returns: 200 with an ETag once all of the body is on the device, or an error in XML.
    public func receive<Body: AsyncSequence>(
        _ request: StoreRequest, body: Body
    ) async -> StoreResponse where Body.Element == [UInt8] {
        do throws(StoreFailure) {
            let put = try PutRequest(request, signer: signer, now: clock())
            let etag =
                switch put.target {
                case .object:
                    try await receiveObject(put, length: request.contentLength, body: body)
                case .part(let number, let uploadID):
                    try await receivePart(
                        number, uploadID: uploadID, put, length: request.contentLength, body: body)
                }
            return StoreResponse(status: 200, headers: [(name: "ETag", value: "\"\(etag)\"")], body: [])
        } catch {
            return error.response
        }
    }

    private func receiveObject<Body: AsyncSequence>(
        _ put: PutRequest, length: Int64?, body: Body
    ) async throws(StoreFailure) -> String where Body.Element == [UInt8] {
        let path = try mapping { () throws(ObjectStoreError) in try ObjectPath(put.key) }
        var reader = try reader(
            of: body, length: length, limit: put.maximumSize ?? options.maximumObjectSize)
        let deadline = put.expiry + options.uploadGrace
        let temporaryPath = temporaryPath()
        var writer: ObjectWriter?
        do throws(StoreFailure) {
            while true {
                let batch = try await reader.next()
                let current = writer
                let (next, etag) = try await onPool { () throws(ObjectStoreError) -> (ObjectWriter, String?) in
                    let writer = if let current { current } else { try ObjectWriter(path: temporaryPath) }
                    try writer.append(batch.chunks)
                    guard batch.isLast else { return (writer, nil) }
                    let attributes = try self.publish(
                        writer, at: path, contentType: put.contentType ?? Self.defaultContentType,
                        contentEncoding: put.contentEncoding, until: deadline)
                    return (writer, attributes.etag)
                }
                writer = next
                if let etag {
                    do throws(ObjectStoreError) { try await makeDurable(path) } catch { throw StoreFailure(error) }
                    return etag
                }
            }
        } catch {
            if let writer { await writing.run { writer.discard() } }
            throw error
        }
    }

    private func receivePart<Body: AsyncSequence>(
        _ number: Int, uploadID: String, _ put: PutRequest, length: Int64?, body: Body
    ) async throws(StoreFailure) -> String where Body.Element == [UInt8] {
        let upload = try mapping { () throws(ObjectStoreError) in try self.upload(uploadID, of: put.key) }
        var reader = try reader(
            of: body, length: length,
            limit: min(put.maximumSize ?? MultipartUpload.maximumPartSize, upload.limit(ofPart: number)))
        let reception = try await onPool { () throws(ObjectStoreError) in
            try PartReception(of: upload, number: number, length: length)
        }
        do throws(StoreFailure) {
            while true {
                let batch = try await reader.next()
                let etag = try await onPool { () throws(ObjectStoreError) -> String? in
                    try reception.append(batch.chunks)
                    return batch.isLast ? try reception.finish() : nil
                }
                if let etag { return etag }
            }
        } catch {
            await writing.run { reception.discard() }
            throw error
        }
    }

    private func reader<Body: AsyncSequence>(
        of body: Body, length: Int64?, limit: Int64
    ) throws(StoreFailure) -> BodyReader<Body.AsyncIterator> where Body.Element == [UInt8] {
        if let length {
            guard length >= 0 else { throw .incompleteBody }
            guard length <= limit else { throw .tooLarge(limit: limit) }
        }
        return BodyReader(body.makeAsyncIterator(), length: length, limit: limit, batchSize: options.chunkSize)
    }

    private func onPool<Value: Sendable>(
        _ job: @escaping @Sendable () throws(ObjectStoreError) -> Value
    ) async throws(StoreFailure) -> Value {
        do throws(ObjectStoreError) { return try await writing.run(job) } catch { throw StoreFailure(error) }
    }

    private func mapping<Value>(_ body: () throws(ObjectStoreError) -> Value) throws(StoreFailure) -> Value {
        do throws(ObjectStoreError) { return try body() } catch { throw StoreFailure(error) }
    }
}
