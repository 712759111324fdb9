public import CacheCore
import S3Kit

extension S3Store {
    /// Asks the service once whether it lists the bucket to us, for at most ten seconds.
    public func check() async throws(ObjectStoreError) {
        _ = try await serviceTime()
    }

    /// The time on the service's clock, cut to whole seconds; `nil` where it does not say it.
    public func serviceTime() async throws(ObjectStoreError) -> Timestamp? {
        do throws(S3Error) {
            return try await client.probe().map { Timestamp($0) }
        } catch {
            throw failure(error)
        }
    }

    /// Whether the bucket keeps what is deleted, or still has what it kept: then deleting frees no space unless a
    /// lifecycle rule of the bucket removes versions that are not current (`NoncurrentVersionExpiration`).
    public func keepsDeletedObjects() async throws(ObjectStoreError) -> Bool {
        do throws(S3Error) {
            return try await client.versioning() != .off
        } catch {
            throw failure(error)
        }
    }
}
