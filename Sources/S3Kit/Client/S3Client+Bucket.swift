import CurlKit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

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

    /// Asks once, within a few seconds, whether the service lists the bucket to us.
    ///
    /// - Parameter timeout: how long that may take.
    /// - Returns: the time on the service's clock, cut to whole seconds, or `nil` where the answer does not say it.
    /// - Throws: ``S3Error`` of the first try, whatever it is.
    public func probe(timeout: Duration = .seconds(10)) async throws(S3Error) -> Date? {
        let request = S3Request(
            method: "GET", key: "", query: [("list-type", "2"), ("max-keys", "1")], stallTimeout: timeout,
            totalTimeout: timeout)
        return try await attempt(request) { (response) throws(S3Error) in
            _ = try await self.parse(response, of: request) { (bytes) throws(XMLError) in
                try S3ObjectPage(parsing: bytes)
            }
            return response.headers["Date"].flatMap(S3Timestamp.parse(http:))
        }
    }

    /// Asks whether the bucket keeps what is deleted or replaced.
    ///
    /// - Returns: `off` also where the service has no versions at all.
    /// - Throws: ``S3Error``, `AccessDenied` when the caller may not know.
    public func versioning() async throws(S3Error) -> S3Versioning {
        let request = S3Request(method: "GET", key: "", query: [("versioning", "")])
        do throws(S3Error) {
            return try await send(request) { (bytes) throws(XMLError) in try S3Versioning(parsing: bytes) }
        } catch {
            guard error.status == 501 || error.status == 405 else { throw error }
            return .off
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
