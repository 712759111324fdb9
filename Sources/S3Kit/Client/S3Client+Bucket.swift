import CurlKit

extension S3Client {
    /// Asks whether the bucket is there and may be used. Finds out its region on the way.
    ///
    /// - Returns: whether there is such a bucket.
    /// - Throws: ``S3Error`` when that is not known; `AccessDenied` when the bucket is somebody else's.
    public func bucketExists() async throws(S3Error) -> Bool {
        do throws(S3Error) {
            _ = try await send(S3Request(method: "HEAD", key: ""))
            return true
        } catch {
            guard error.status == 404 else { throw error }
            return false
        }
    }

    /// Makes the bucket. That the caller has it already is no error.
    ///
    /// - Throws: ``S3Error``, `BucketAlreadyExists` when it is somebody else's.
    public func createBucket() async throws(S3Error) {
        var request = S3Request(method: "PUT", key: "")
        let region = region
        if region != Self.defaultRegion, endpoint.host.contains(".amazonaws.com") {
            let body = S3RequestXML.bucket(region: region)
            request.body = .bytes(body)
            request.payload = .of(body)
        }
        do throws(S3Error) {
            _ = try await send(request)
        } catch {
            guard error.code == .bucketAlreadyOwnedByYou else { throw error }
        }
    }
}
