import Testing

@testable import S3Kit

@Suite struct S3RequestXMLTests {
    @Test func writesRequests() {
        #expect(
            String(decoding: S3RequestXML.delete(["a", "<&>\"'\r\n\té"]), as: UTF8.self) == """
                <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object>\
                <Object><Key>&lt;&amp;&gt;&quot;'&#13;&#10;&#9;é</Key></Object></Delete>
                """)
        #expect(
            String(decoding: S3RequestXML.complete([S3Part(number: 1, etag: "\"e\"")]), as: UTF8.self) == """
                <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part>\
                <PartNumber>1</PartNumber><ETag>&quot;e&quot;</ETag></Part></CompleteMultipartUpload>
                """)
        #expect(
            String(decoding: S3RequestXML.bucket(region: "eu-west-1"), as: UTF8.self) == """
                <CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>\
                eu-west-1</LocationConstraint></CreateBucketConfiguration>
                """)
    }

    @Test(arguments: [
        ("a\t\r\n €😀", true), ("\u{1}", false), ("a\u{0}", false), ("\u{FFFE}", false), ("\u{FFFD}\u{7F}", true),
    ])
    func knowsWhatXMLCanHold(text: String, expected: Bool) {
        #expect(S3RequestXML.canHold(text) == expected)
    }
}
