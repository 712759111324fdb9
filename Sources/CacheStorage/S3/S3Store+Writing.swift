public import CacheCore
import S3Kit

extension S3Store: ObjectStore {
    /// Writes an object whole. The service refuses the request after the end of the lease.
    ///
    /// - Throws: ``ObjectStoreError``: `expired` when the lease is over.
    public func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        let validity = try validity(of: lease, subject: key)
        do throws(S3Error) {
            try await client.put(
                bytes, to: key,
                options: S3PutOptions(
                    contentType: contentType, contentEncoding: contentEncoding, validity: validity))
        } catch {
            throw failure(error)
        }
    }

    /// Deletes objects with one request. The service refuses it after the end of the lease.
    ///
    /// - Returns: for each key `nil` when the service says that it is gone, also when it never was, else why not.
    public func delete(
        _ keys: [String], lease: Lease
    ) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        guard let first = keys.first else { return [:] }
        let deletion = await client.delete(keys, validity: try validity(of: lease, subject: first))
        var outcomes: [String: ObjectStoreError?] = [:]
        for key in deletion.deleted { outcomes.updateValue(nil, forKey: key) }
        for (key, error) in deletion.failures { outcomes.updateValue(failure(error), forKey: key) }
        return outcomes
    }

    /// Half of what the service lets through in a time while it throttles, as some services delete one by one.
    public func deletionLimit(within time: Duration) -> Int {
        guard let rate = client.requestRate else { return 1000 }
        return max(1, min(1000, Int(rate * (time / .seconds(1)) / 2)))
    }

    /// The life of a request: from the very instant of the lease, in whole seconds that end before it does.
    func validity(of lease: Lease, subject: String) throws(ObjectStoreError) -> S3Validity {
        let lifetime = lease.validUntil - lease.signedAt
        // S3 knows no shorter life than a second.
        guard lifetime >= .seconds(1) else {
            throw ObjectStoreError(
                .expired, "The time in which \(subject) could be changed is shorter than a second: renew the request.")
        }
        return S3Validity(start: lease.signedAt.date, lifetime: lifetime)
    }
}
