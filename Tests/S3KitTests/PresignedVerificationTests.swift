import S3Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct PresignedVerificationTests {
    static let signedAt = Date(timeIntervalSince1970: 1_800_000_000)
    static let signer = SigV4(
        credentials: S3Credentials(accessKeyID: "local", secretAccessKey: "secret"), region: "local")
    static let path = "/.store/nar/0abc.nar.zst"
    static let host = "127.0.0.1:5751"

    static func query(
        method: String = "PUT", path: String = path, host: String = host, signer: SigV4 = signer,
        parameters: [(String, String)] = [("partNumber", "3"), ("uploadId", "a/b")]
    ) -> String {
        let url = signer.presignedURL(
            method: method, scheme: "http", hostHeader: host, encodedPath: path, query: parameters,
            lifetime: .seconds(60), date: signedAt)
        return String(url.split(separator: "?")[1])
    }

    static func verify(
        method: String = "PUT", path: String = path, host: String = host, query: String,
        after seconds: Double = 1, skew: Duration = .seconds(0), signer: SigV4 = signer
    ) -> PresignedVerification {
        signer.verifyPresigned(
            method: method, hostHeader: host, encodedPath: path, query: query,
            now: signedAt.addingTimeInterval(seconds), skew: skew)
    }

    static let valid = PresignedVerification.valid(
        signedAt: signedAt, lifetime: .seconds(60), parameters: ["partNumber": "3", "uploadId": "a/b"])

    @Test(arguments: [
        (0.0, valid), (60.0, valid), (60.5, .expired(at: signedAt.addingTimeInterval(60))),
        (86_400.0, .expired(at: signedAt.addingTimeInterval(60))), (-5.0, valid), (-5.5, .notYetValid(from: signedAt)),
    ])
    func knowsTheTime(seconds: Double, expected: PresignedVerification) {
        #expect(Self.verify(query: Self.query(), after: seconds, skew: .seconds(5)) == expected)
    }

    @Test func acceptsOtherSpellingsOfTheSameRequest() {
        let query = Self.query()
        let reordered = query.split(separator: "&").reversed().joined(separator: "&")
        #expect(Self.verify(query: reordered) == Self.valid)
        #expect(Self.verify(path: "/.store/nar%2f0abc%2Enar.zst", query: query) == Self.valid)
        #expect(Self.verify(query: query + "&") == Self.valid)
    }

    @Test func refusesOtherRequests() {
        let query = Self.query()
        let other = SigV4(
            credentials: S3Credentials(accessKeyID: "local", secretAccessKey: "Secret"), region: "local")
        let otherKey = SigV4(
            credentials: S3Credentials(accessKeyID: "another", secretAccessKey: "secret"), region: "local")
        let otherRegion = SigV4(
            credentials: S3Credentials(accessKeyID: "local", secretAccessKey: "secret"), region: "elsewhere")
        let temporary = SigV4(
            credentials: S3Credentials(accessKeyID: "local", secretAccessKey: "secret", sessionToken: "t"),
            region: "local")
        let refused = [
            Self.verify(method: "GET", query: query),
            Self.verify(path: "/.store/nar/0abd.nar.zst", query: query),
            Self.verify(path: "/.store//nar/0abc.nar.zst", query: query),
            Self.verify(host: "127.0.0.1:5752", query: query),
            Self.verify(query: query + "&x-id=PutObject"),
            Self.verify(query: query.replacing("partNumber=3", with: "partNumber=4")),
            Self.verify(query: query.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=61")),
            Self.verify(query: Self.query(signer: other)),
            Self.verify(query: Self.query(signer: otherKey)),
            Self.verify(query: Self.query(signer: otherRegion)),
            Self.verify(query: Self.query(signer: temporary)),
            // A wrong signature says nothing about times.
            Self.verify(query: Self.query(signer: other), after: 1000),
        ]
        for outcome in refused {
            #expect(outcome == .badSignature)
        }
        #expect(
            Self.verify(query: Self.query(signer: temporary), signer: temporary) == Self.valid)
    }

    static let malformed: [(String, String)] = [
        ("", "X-Amz-Algorithm is missing"),
        (query().replacing("SHA256", with: "SHA1"), "X-Amz-Algorithm is not AWS4-HMAC-SHA256"),
        (query().replacing("X-Amz-Date=2027", with: "X-Amz-Date=20x7"), "X-Amz-Date is no date"),
        (query().replacing("X-Amz-Date=20270115", with: "X-Amz-Date=20270230"), "X-Amz-Date is no date"),
        (
            query().replacing("Expires=60", with: "Expires=0"),
            "X-Amz-Expires is not a number of seconds from 1 to 604800"
        ),
        (
            query().replacing("Expires=60", with: "Expires=604801"),
            "X-Amz-Expires is not a number of seconds from 1 to 604800"
        ),
        (
            query().replacing("Expires=60", with: "Expires=%2B60"),
            "X-Amz-Expires is not a number of seconds from 1 to 604800"
        ),
        (
            query().replacing("Expires=60", with: "Expires=99999999999999999999"),
            "X-Amz-Expires is not a number of seconds from 1 to 604800"
        ),
        (query().replacing("SignedHeaders=host", with: "SignedHeaders=host%3Bx"), "X-Amz-SignedHeaders is not host"),
        (query().replacing("X-Amz-Signature", with: "X-Amz-Signatures"), "X-Amz-Signature is missing"),
        (query() + "0", "X-Amz-Signature is not 64 digits in lower-case hex"),
        (String(query().dropLast()) + "A", "X-Amz-Signature is not 64 digits in lower-case hex"),
        (query() + "&partNumber=4", "the query names a parameter twice"),
        (query() + "&X-Amz-Expires=70", "the query names a parameter twice"),
        (query() + "&a=%zz", "the query holds a broken escape"),
        (query() + "&a=%f", "the query holds a broken escape"),
        (query() + "&a=%ff", "the query holds a broken escape"),
        (query() + "&" + (0..<64).map { "p\($0)=1" }.joined(separator: "&"), "the query has too many parameters"),
        (query() + "&a=" + String(repeating: "b", count: 8192), "the query is too long"),
    ]

    @Test(arguments: malformed)
    func refusesMalformedQueries(query: String, reason: String) {
        #expect(Self.verify(query: query) == .malformed(reason))
    }

    @Test(arguments: [
        ("nar", "the path holds a broken escape"), ("/%", "the path holds a broken escape"),
        ("/" + String(repeating: "a", count: 4096), "the path is too long"),
    ])
    func refusesMalformedPaths(path: String, reason: String) {
        #expect(Self.verify(path: path, query: Self.query()) == .malformed(reason))
    }
}
