import CurlKit

extension S3Client {
    /// How many objects are deleted one by one at a time, where they cannot be deleted together.
    private static let concurrentDeletes = 8

    /// Deletes objects, up to 1,000 with one request.
    ///
    /// - Parameters:
    ///   - keys: the objects' keys, however many; one that comes twice counts once.
    ///   - validity: the time in which this may happen, or `nil` for no limit.
    /// - Returns: what became of each key; nothing is left out.
    public func delete(_ keys: some Sequence<String>, validity: S3Validity? = nil) async -> S3BatchDeletion {
        var deletion = S3BatchDeletion()
        var together: [String] = []
        var alone: [String] = []
        // Keys are bytes: two that Unicode takes for the same text are two objects.
        var seen: Set<[UInt8]> = []
        for key in keys where seen.insert(Array(key.utf8)).inserted {
            do throws(S3Error) {
                if S3RequestXML.canHold(try checked(key)) { together.append(key) } else { alone.append(key) }
            } catch {
                deletion.failures[key] = error
            }
        }
        var start = 0
        while start < together.count {
            let chunk = together[start..<min(start + S3Limits.maximumBatch, together.count)]
            start = chunk.endIndex
            await deleteBatch(Array(chunk), validity: validity, into: &deletion)
        }
        await deleteOneByOne(alone, validity: validity, into: &deletion)
        return deletion
    }

    private func deleteBatch(_ keys: [String], validity: S3Validity?, into deletion: inout S3BatchDeletion) async {
        let body = S3RequestXML.delete(keys)
        let request = S3Request(
            method: "POST", key: "", query: [("delete", "")],
            headers: [("Content-MD5", Self.md5(body)), ("Content-Type", "application/xml")], body: .bytes(body),
            payload: .of(body), validity: validity, stallTimeout: .seconds(120))
        let reply: S3DeleteReply
        do throws(S3Error) {
            reply = try await send(request) { (bytes) throws(XMLError) in try S3DeleteReply(parsing: bytes) }
        } catch {
            if error.status == 501 || error.status == 405 {
                await deleteOneByOne(keys, validity: validity, into: &deletion)
            } else {
                for key in keys { deletion.failures[key] = error }
            }
            return
        }
        let wanted = Set(keys)
        let gone = reply.deleted + reply.failures.filter { $0.code == "NoSuchKey" }.map(\.key)
        deletion.deleted.formUnion(wanted.intersection(gone))
        for failure in reply.failures where failure.code != "NoSuchKey" && wanted.contains(failure.key) {
            deletion.deleted.remove(failure.key)
            deletion.failures[failure.key] = S3Error(
                S3Error.Code(failure.code), operation: "DELETE \(failure.key)", message: failure.message, status: 200)
        }
        for key in wanted where !deletion.deleted.contains(key) && deletion.failures[key] == nil {
            deletion.failures[key] = S3Error(
                .malformedReply, operation: "DELETE \(key)", message: "the service does not say what became of it",
                status: 200)
        }
    }

    private func deleteOneByOne(_ keys: [String], validity: S3Validity?, into deletion: inout S3BatchDeletion) async {
        await withTaskGroup(of: (String, S3Error?).self) { group in
            var rest = keys[...]
            func addNext() {
                guard let key = rest.popFirst() else { return }
                group.addTask {
                    do throws(S3Error) {
                        try await self.delete(key, validity: validity)
                        return (key, nil)
                    } catch {
                        return (key, error)
                    }
                }
            }
            for _ in 0..<Self.concurrentDeletes { addNext() }
            while let (key, error) = await group.next() {
                if let error { deletion.failures[key] = error } else { deletion.deleted.insert(key) }
                addNext()
            }
        }
    }
}
