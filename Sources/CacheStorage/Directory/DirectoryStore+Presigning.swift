public import CacheCore
import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension DirectoryStore {
    /// The names of what a signed query says besides the signature.
    enum Parameter {
        static let uploadID = "uploadId"
        static let partNumber = "partNumber"
        static let maximumSize = "x-niks3-max-size"
    }

    /// Makes a URL by which a client can PUT an object. Only the host is signed, and the limit in the query.
    ///
    /// - Throws: ``ObjectStoreError`` when the grant has no origin.
    public func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        try presignedURL(of: key, query: [], grant: grant)
    }

    /// Makes a URL by which a client can PUT a part.
    ///
    /// - Throws: ``ObjectStoreError``: `noSuchUpload`, `invalidPart` for a number outside 1…10,000, or when the grant
    ///   has no origin.
    public func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        _ = try upload(uploadID, of: key)
        guard StoredPart.numbers.contains(partNumber) else {
            throw ObjectStoreError(.invalidPart, "Part \(partNumber) of \(key) cannot be: numbers go from 1 to 10000.")
        }
        return try presignedURL(
            of: key, query: [(Parameter.partNumber, String(partNumber)), (Parameter.uploadID, uploadID)],
            grant: grant)
    }

    private func presignedURL(
        of key: String, query: [(String, String)], grant: UploadGrant
    ) throws(ObjectStoreError) -> String {
        _ = try ObjectPath(key)
        guard let origin = grant.origin else {
            throw ObjectStoreError(
                .other, "No URL can be made for \(key): the address by which the client reaches the server is unknown.")
        }
        let limit = grant.maximumSize.map { [(Parameter.maximumSize, String($0))] } ?? []
        return signer.presignedURL(
            method: "PUT", scheme: origin.scheme, hostHeader: Self.hostHeader(of: origin),
            encodedPath: Self.pathPrefix + S3PercentEncoding.encodePath(key), query: query + limit,
            lifetime: grant.lifetime, date: grant.signedAt.date)
    }

    /// What a client will send as `Host`: no port that is the scheme's own.
    private static func hostHeader(of origin: URLOrigin) -> String {
        let authority = origin.authority.lowercased()
        let standardPort = origin.scheme == "https" ? ":443" : ":80"
        return authority.hasSuffix(standardPort) ? String(authority.dropLast(standardPort.count)) : authority
    }
}

extension Timestamp {
    /// For the signer, which knows whole seconds.
    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// An instant of the signer.
    init(_ date: Date) {
        self.init(seconds: Int64(date.timeIntervalSince1970.rounded(.down)))
    }
}
