#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension S3Client {
    /// Makes a URL with which anybody can write an object. Only `Host` is signed.
    ///
    /// A URL made with temporary credentials ends with them, if that is earlier.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - lifetime: for how long the URL is good, in whole seconds, 1 second … 7 days.
    ///   - date: from when on it is good; `nil` for the present.
    /// - Throws: ``S3Error`` when there are no credentials.
    public func presignedPut(_ key: String, lifetime: Duration, date: Date? = nil) async throws(S3Error) -> String {
        try await presigned("PUT", key, lifetime: lifetime, date: date)
    }

    /// Makes a URL with which anybody can read an object.
    ///
    /// - Parameters:
    ///   - key: the object's key.
    ///   - lifetime: for how long the URL is good, in whole seconds, 1 second … 7 days.
    ///   - date: from when on it is good; `nil` for the present.
    /// - Throws: ``S3Error`` when there are no credentials.
    public func presignedGet(_ key: String, lifetime: Duration, date: Date? = nil) async throws(S3Error) -> String {
        try await presigned("GET", key, lifetime: lifetime, date: date)
    }

    /// Makes a URL with which anybody can upload a part.
    ///
    /// - Parameters:
    ///   - key: the key that the object will have.
    ///   - uploadID: the upload's identifier.
    ///   - number: 1…10,000
    ///   - lifetime: for how long the URL is good, in whole seconds, 1 second … 7 days.
    ///   - date: from when on it is good; `nil` for the present.
    /// - Throws: ``S3Error`` when there are no credentials.
    public func presignedPart(
        _ key: String, uploadID: String, number: Int, lifetime: Duration, date: Date? = nil
    ) async throws(S3Error) -> String {
        try await presigned(
            "PUT", key, query: [("partNumber", String(number)), ("uploadId", uploadID)], lifetime: lifetime, date: date)
    }

    private func presigned(
        _ method: String, _ key: String, query: [(String, String)] = [], lifetime: Duration, date: Date?
    ) async throws(S3Error) -> String {
        let key = try checked(key)
        let (signer, route) = signer(for: try await credentials.credentials())
        return signer.presignedURL(
            method: method, endpoint: route.endpoint, key: key, query: query, lifetime: lifetime,
            date: date ?? serviceTime(offset: route.clockOffset))
    }
}
