public import CacheCore
import S3Kit

extension S3Store {
    /// Makes a URL by which anybody can GET an object. Only the host is signed.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - lifetime: for how long the URL is good, in whole seconds, 1 second … 7 days.
    public func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String? {
        do throws(S3Error) {
            return try await client.presignedGet(key, lifetime: lifetime)
        } catch {
            throw failure(error)
        }
    }

    /// Makes a URL by which a client can PUT an object. Only the host is signed; S3 cannot enforce a largest size.
    public func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        do throws(S3Error) {
            return try await client.presignedPut(key, lifetime: grant.lifetime, date: grant.signedAt.date)
        } catch {
            throw failure(error)
        }
    }

    /// Makes a URL by which a client can PUT a part. Only the host is signed.
    ///
    /// - Throws: ``ObjectStoreError``: `invalidPart` for a number outside 1…10,000. Whether there is such an upload is
    ///   not asked.
    public func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        guard (1...S3Limits.maximumParts).contains(partNumber) else {
            throw ObjectStoreError(
                .invalidPart,
                "Part \(partNumber) of \(key) cannot be: numbers go from 1 to \(S3Limits.maximumParts).")
        }
        do throws(S3Error) {
            return try await client.presignedPart(
                key, uploadID: uploadID, number: partNumber, lifetime: grant.lifetime, date: grant.signedAt.date)
        } catch {
            throw failure(error)
        }
    }
}
