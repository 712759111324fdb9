import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signatures that botocore made for odd keys and queries: `Fixtures/sigv4-vectors.tsv`, by the script beside it.
@Suite struct SigV4VectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let kind: String
        let method: String
        let key: String
        let query: [(String, String)]
        let token: String?
        let result: String
        var testDescription: String { "\(kind) \(method) \(key.debugDescription.prefix(40)) \(query)" }
    }

    static let vectors: [Vector] = {
        let directory = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        guard let table = try? String(contentsOfFile: directory + "/Fixtures/sigv4-vectors.tsv", encoding: .utf8) else {
            return []
        }
        return table.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count == 6, let key = S3PercentEncoding.decode(columns[2]),
                let token = S3PercentEncoding.decode(columns[4]), let result = S3PercentEncoding.decode(columns[5])
            else { return nil }
            return Vector(
                kind: String(columns[0]), method: String(columns[1]), key: key, query: pairs(columns[3]),
                token: token.isEmpty ? nil : token, result: result)
        }
    }()

    static let endpoint = S3Endpoint(scheme: "http", host: "cache.example.org", port: 9000, bucket: "bucket")
    static let date = Date(timeIntervalSince1970: 1_709_251_198)

    static func pairs(_ query: some StringProtocol) -> [(String, String)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (S3PercentEncoding.decode(parts[0]) ?? "", S3PercentEncoding.decode(parts[1]) ?? "")
        }
    }

    func signer(_ vector: Vector) -> SigV4 {
        SigV4(
            credentials: S3Credentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: vector.token),
            region: "eu-central-1")
    }

    @Test func areAllThere() {
        #expect(Self.vectors.count == 30)
    }

    @Test(arguments: vectors.filter { $0.kind == "header" })
    func signsLikeBotocore(_ vector: Vector) {
        let headers = signer(vector).signedHeaders(
            method: vector.method, hostHeader: Self.endpoint.hostHeader,
            encodedPath: Self.endpoint.encodedPath(of: vector.key), query: vector.query, payload: .empty,
            date: Self.date)
        let spaced = vector.result.split(separator: ", ").joined(separator: ",")
        #expect(headers.last?.value == spaced)
    }

    @Test(arguments: vectors.filter { $0.kind == "presign" })
    func presignsLikeBotocore(_ vector: Vector) throws {
        let url = signer(vector).presignedURL(
            method: vector.method, endpoint: Self.endpoint, key: vector.key, query: vector.query,
            lifetime: .seconds(18_000), date: Self.date)
        // Both name the same pairs, though not in the same order.
        func parts(_ url: String) throws -> (path: Substring, query: [String]) {
            let mark = try #require(url.firstIndex(of: "?"))
            return (url[..<mark], url[mark...].dropFirst().split(separator: "&").map(String.init).sorted())
        }
        let (mine, theirs) = (try parts(url), try parts(vector.result))
        #expect(mine.path == theirs.path)
        #expect(mine.query == theirs.query)
    }

    /// What is kept from one URL to the next shows in none of them.
    @Test func presignsAlikeInAnyOrder() {
        let credentials = S3Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
        let kept = SigV4(credentials: credentials, region: "eu-central-1")
        for (offset, lifetime, query) in [
            (0.0, 60, []), (0, 61, []), (0, 60, [("partNumber", "1"), ("uploadId", "a/b")]), (86_400, 60, []),
            (0.9, 60, []), (0, 60, [("Z", "1")]), (1, 60, [("", "")]), (0, 60, []),
        ] as [(Double, Int, [(String, String)])] {
            func url(_ signer: SigV4) -> String {
                signer.presignedURL(
                    method: "PUT", endpoint: Self.endpoint, key: "nar/x", query: query, lifetime: .seconds(lifetime),
                    date: Self.date.addingTimeInterval(offset))
            }
            #expect(url(kept) == url(SigV4(credentials: credentials, region: "eu-central-1")))
        }
    }

    @Test(arguments: vectors.filter { $0.kind == "presign" })
    func acceptsWhatBotocorePresigned(_ vector: Vector) throws {
        let mark = try #require(vector.result.firstIndex(of: "?"))
        let path = try #require(vector.result[..<mark].split(separator: ":9000").last)
        let outcome = signer(vector).verifyPresigned(
            method: vector.method, hostHeader: "Cache.example.org:9000", encodedPath: String(path),
            query: String(vector.result[mark...].dropFirst()), now: Self.date)
        let parameters = Dictionary(uniqueKeysWithValues: vector.query)
        #expect(outcome == .valid(signedAt: Self.date, lifetime: .seconds(18_000), parameters: parameters))
    }
}
