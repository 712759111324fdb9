import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct S3ReplyTests {
    static let header = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    static let namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

    static let listing =
        header + """
            <ListBucketResult \(namespace)><Name>bucket</Name><Prefix>a</Prefix><KeyCount>3</KeyCount>\
            <MaxKeys>3</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
            <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
              <Contents><Key>a/%01+b%2Bc%26</Key><LastModified>2009-10-12T17:50:30.250Z</LastModified>\
            <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size>\
            <StorageClass>STANDARD</StorageClass><Owner><ID>1</ID><DisplayName>me</DisplayName></Owner></Contents>
              <Contents><Key>a/%E2%82%AC%20</Key><Size>0</Size></Contents>
              <CommonPrefixes><Prefix>a/x%2F</Prefix></CommonPrefixes></ListBucketResult>
            """

    @Test func readsListings() throws {
        let page = try S3ObjectPage(parsing: Array(Self.listing.utf8))
        #expect(
            page
                == S3ObjectPage(
                    objects: [
                        S3ListedObject(
                            key: "a/\u{1} b+c&", size: 434_234, etag: "fba9dede5f27731c9771645a39863328",
                            lastModified: Date(timeIntervalSince1970: 1_255_369_830.25)),
                        S3ListedObject(key: "a/€ ", size: 0, etag: "", lastModified: nil),
                    ],
                    commonPrefixes: ["a/x/"], continuationToken: "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="))
    }

    @Test func readsListingsThatAreNotEscaped() throws {
        let text = """
            <ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>\
            <Contents><Key>a+%20&amp;b</Key><Size>1</Size></Contents></ListBucketResult>
            """
        let page = try S3ObjectPage(parsing: Array(text.utf8))
        #expect(page.objects.map(\.key) == ["a+%20&b"])
        #expect(page.continuationToken == nil)
    }

    @Test func readsUploads() throws {
        let text =
            Self.header + """
                <ListMultipartUploadsResult \(Self.namespace)><Bucket>b</Bucket><KeyMarker></KeyMarker>\
                <NextKeyMarker>k%202</NextKeyMarker><NextUploadIdMarker>u/2</NextUploadIdMarker>\
                <EncodingType>url</EncodingType><MaxUploads>2</MaxUploads><IsTruncated>true</IsTruncated>\
                <Upload><Key>k+1</Key><UploadId>u/1</UploadId><Initiator><ID>x</ID></Initiator>\
                <Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>\
                <Upload><Key>k%202</Key><UploadId>u/2</UploadId></Upload></ListMultipartUploadsResult>
                """
        let page = try S3MultipartPage(parsing: Array(text.utf8))
        #expect(
            page
                == S3MultipartPage(
                    uploads: [
                        S3MultipartUpload(
                            key: "k 1", uploadID: "u/1", initiated: Date(timeIntervalSince1970: 1_289_422_113)),
                        S3MultipartUpload(key: "k 2", uploadID: "u/2", initiated: nil),
                    ],
                    next: .init(key: "k 2", uploadID: "u/2")))
    }

    @Test func readsParts() throws {
        let text =
            Self.header + """
                <ListPartsResult \(Self.namespace)><UploadId>u</UploadId><PartNumberMarker>1</PartNumberMarker>\
                <NextPartNumberMarker>3</NextPartNumberMarker><IsTruncated>true</IsTruncated>\
                <Part><PartNumber>2</PartNumber><ETag>"7778aef83f66abc1fa1e8477f296d394"</ETag>\
                <Size>10485760</Size></Part>\
                <Part><PartNumber>3</PartNumber><ETag>aaaa18db4cc2f85cedef654fccc4a4x8</ETag><Size>1</Size></Part>\
                </ListPartsResult>
                """
        let page = try S3PartPage(parsing: Array(text.utf8))
        #expect(
            page
                == S3PartPage(
                    parts: [
                        S3Part(number: 2, etag: "7778aef83f66abc1fa1e8477f296d394", size: 10_485_760),
                        S3Part(number: 3, etag: "aaaa18db4cc2f85cedef654fccc4a4x8", size: 1),
                    ],
                    next: 3))
    }

    @Test func readsSingleResults() throws {
        let initiated = """
            <InitiateMultipartUploadResult \(Self.namespace)><Bucket>b</Bucket><Key>k</Key>\
            <UploadId>VXBsb2FkIElE</UploadId></InitiateMultipartUploadResult>
            """
        let completed = """
            \n\n <CompleteMultipartUploadResult \(Self.namespace)><ETag>&#34;3858-2&#34;</ETag>\
            </CompleteMultipartUploadResult>
            """
        let copied = "<CopyObjectResult><LastModified>x</LastModified><ETag>\"9b2c\"</ETag></CopyObjectResult>"
        #expect(try S3ResultReply.uploadID(parsing: Array(initiated.utf8)) == "VXBsb2FkIElE")
        #expect(try S3ResultReply.completedETag(parsing: Array(completed.utf8)) == "3858-2")
        #expect(try S3ResultReply.copiedETag(parsing: Array(copied.utf8)) == "9b2c")
    }

    @Test func readsWhatWasDeleted() throws {
        let text =
            Self.header + """
                <DeleteResult \(Self.namespace)><Deleted><Key>a&amp;b</Key></Deleted>\
                <Deleted><Key>c</Key><DeleteMarker>true</DeleteMarker></Deleted>\
                <Error><Key>d</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>
                """
        let reply = try S3DeleteReply(parsing: Array(text.utf8))
        #expect(reply.deleted == ["a&b", "c"])
        #expect(reply.failures == [.init(key: "d", code: "AccessDenied", message: "Access Denied")])
    }

    @Test func readsErrors() throws {
        let text =
            Self.header + """
                <Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; expecting \
                'eu-central-1'</Message><Region>eu-central-1</Region><Endpoint>b.s3.amazonaws.com</Endpoint>\
                <RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>
                """
        let error = try S3ErrorReply(parsing: Array(text.utf8))
        #expect(error.code == "AuthorizationHeaderMalformed")
        #expect(error.message == "the region 'us-east-1' is wrong; expecting 'eu-central-1'")
        #expect(error.region == "eu-central-1")
        #expect(error.endpoint == "b.s3.amazonaws.com")
        #expect(error.requestID == "4442587FB7D0A2F9")

        let token = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
            <Code>ExpiredTokenException</Code><Message>Token expired</Message></Error>\
            <RequestId>abc-1</RequestId></ErrorResponse>
            """
        let refusal = try S3ErrorReply(parsing: Array(token.utf8))
        #expect(refusal.code == "ExpiredTokenException")
        #expect(refusal.message == "Token expired")
        #expect(refusal.requestID == "abc-1")
    }

    static let role = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>amzn1.account</SubjectFromWebIdentityToken>
            <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>
            <Credentials>
              <SessionToken>AQoDYXdzEE0a8ANX=</SessionToken>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
              <Expiration>2014-10-24T23:00:23Z</Expiration>
              <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata><RequestId>ad4156e9</RequestId></ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>
        """

    @Test func readsRoles() throws {
        #expect(
            try WebIdentityReply.credentials(parsing: Array(Self.role.utf8))
                == S3ResolvedCredentials(
                    credentials: S3Credentials(
                        accessKeyID: "ASgeIAIOSFODNN7EXAMPLE",
                        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
                        sessionToken: "AQoDYXdzEE0a8ANX="),
                    expiration: Date(timeIntervalSince1970: 1_414_191_623)))
    }

    static let refused: [(@Sendable ([UInt8]) throws -> Void, String, String)] = [
        ({ _ = try S3ObjectPage(parsing: $0) }, "<Error/>", "the root element is Error, not ListBucketResult"),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "the listing goes on but says not where"
        ),
        (
            { _ = try S3MultipartPage(parsing: $0) },
            "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker/></ListMultipartUploadsResult>",
            "the listing goes on but says not where"
        ),
        (
            { _ = try S3Versioning(parsing: $0) },
            "<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>",
            "the status of versioning is an unknown one"
        ),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
            "an object has no key"
        ),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
            "an element holds no number from 0 to 9223372036854775807"
        ),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%f</Key></Contents></ListBucketResult>",
            "a key holds a broken escape"
        ),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>",
            "an element is neither true nor false"
        ),
        (
            { _ = try S3ObjectPage(parsing: $0) },
            "<ListBucketResult><Contents><Key><b/></Key></Contents></ListBucketResult>",
            "an element b stands where text belongs"
        ),
        (
            { _ = try S3PartPage(parsing: $0) },
            "<ListPartsResult><Part><PartNumber>10001</PartNumber></Part></ListPartsResult>",
            "a part's number is not from 1 to 10000"
        ),
        (
            { _ = try S3ResultReply.uploadID(parsing: $0) },
            "<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>",
            "the new upload has no identifier"
        ),
        (
            { _ = try S3ResultReply.completedETag(parsing: $0) }, "<Error><Code>InternalError</Code></Error>",
            "the root element is Error, not CompleteMultipartUploadResult"
        ),
        ({ _ = try S3ErrorReply(parsing: $0) }, "<Error><Message>x</Message></Error>", "an error has no code"),
        ({ _ = try S3ErrorReply(parsing: $0) }, "<html><body/></html>", "the root element is html, not Error"),
        ({ _ = try S3ErrorReply(parsing: $0) }, "Bad Gateway", "text comes before the root element"),
        (
            { _ = try WebIdentityReply.credentials(parsing: $0) },
            role.replacing("SessionToken>", with: "OtherToken>"), "the credentials are incomplete"
        ),
    ]

    @Test(arguments: refused.indices)
    func refuses(index: Int) {
        let (parse, text, reason) = Self.refused[index]
        let error = #expect(throws: XMLError.self) { try parse(Array(text.utf8)) }
        #expect(error?.reason == reason)
    }

    /// Every reply with a byte changed, dropped or doubled, or cut short, is read or refused, and never crashes.
    @Test func survivesMutations() {
        var random = SplitMix64(state: 3)
        let bases = [Self.listing, Self.role].map { Array($0.utf8) }
        let spice: [UInt8] = Array("<>&;/\"'!?=%# \n\0x0".utf8) + [0xC3, 0xFF]
        var outcomes = (read: 0, refused: 0)
        for round in 0..<6000 {
            var bytes = bases[round % 2]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = spice.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(bytes[position], at: position)
                default: bytes.removeSubrange((position + bytes.count) / 2..<bytes.count)
                }
            }
            do {
                if round % 2 == 0 {
                    _ = try S3ObjectPage(parsing: bytes)
                } else {
                    _ = try WebIdentityReply.credentials(parsing: bytes)
                }
                outcomes.read += 1
            } catch {
                outcomes.refused += 1
            }
        }
        #expect(outcomes.read > 500)
        #expect(outcomes.refused > 500)
    }

    @Test(arguments: [
        ("2009-10-12T17:50:30.000Z", 1_255_369_830.0), ("2009-10-12T17:50:30Z", 1_255_369_830.0),
        ("2009-10-12T17:50:30.5+00:00", 1_255_369_830.5), ("2024-02-29T00:00:00.125000000Z", 1_709_164_800.125),
    ])
    func readsTimesOfListings(text: String, seconds: Double) {
        #expect(S3Timestamp.parse(iso: text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "", "2009-10-12", "2009-10-12T17:50:30", "2009-10-12 17:50:30Z", "2023-02-29T00:00:00Z",
        "2009-10-12T17:50:30+01:00", "2009-10-12T17:50:30.Z1", "2009-1-12T017:50:30Z", "é009-10-12T17:50:30Z",
    ])
    func refusesTimesOfListings(text: String) {
        #expect(S3Timestamp.parse(iso: text) == nil)
    }

    @Test func readsTimesOfHeaders() {
        #expect(
            S3Timestamp.parse(http: "Mon, 12 Oct 2009 17:50:30 GMT") == Date(timeIntervalSince1970: 1_255_369_830))
        for text in [
            "", "Mon, 12 Oct 2009 17:50:30", "Mon, 12 Okt 2009 17:50:30 GMT", "12 Oct 2009 17:50:30 GMT x",
            "Mon, 31 Feb 2009 17:50:30 GMT", "Mon, 12 Oct 2009 1750:30: GMT",
        ] {
            #expect(S3Timestamp.parse(http: text) == nil)
        }
    }
}

/// A small generator whose sequence is known, so that a failure comes again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
