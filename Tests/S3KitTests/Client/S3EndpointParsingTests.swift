import S3Kit
import Testing

@Suite struct S3EndpointParsingTests {
    static let cases: [(text: String, tls: Bool, bucket: String, lookup: S3BucketLookup, url: String)] = [
        ("s3.example.org", true, "b", .auto, "https://s3.example.org/b/k"),
        ("s3.example.org:443", true, "b", .auto, "https://s3.example.org/b/k"),
        ("127.0.0.1:9000", false, "b", .auto, "http://127.0.0.1:9000/b/k"),
        ("[::1]:9000", false, "b", .dns, "http://b.[::1]:9000/k"),
        ("[2001:db8::1]", true, "b", .path, "https://[2001:db8::1]/b/k"),
        ("http://s3.example.org:8080/", true, "b", .dns, "http://b.s3.example.org:8080/k"),
        ("HTTPS://S3.Example.org/base/path/", false, "b", .auto, "https://s3.example.org/base/path/b/k"),
        ("", true, "cache", .auto, "https://cache.s3.amazonaws.com/k"),
        ("s3.eu-west-1.amazonaws.com", true, "cache", .auto, "https://cache.s3.eu-west-1.amazonaws.com/k"),
        ("s3.amazonaws.com", true, "my.cache", .auto, "https://s3.amazonaws.com/my.cache/k"),
        ("s3.amazonaws.com", false, "my.cache", .auto, "http://my.cache.s3.amazonaws.com/k"),
        ("s3.amazonaws.com", true, "My_Cache", .auto, "https://s3.amazonaws.com/My_Cache/k"),
        ("s3.amazonaws.com", true, "cache", .path, "https://s3.amazonaws.com/cache/k"),
        ("s3.cn-north-1.amazonaws.com.cn", true, "cache", .auto, "https://cache.s3.cn-north-1.amazonaws.com.cn/k"),
        ("a1b2.r2.cloudflarestorage.com", true, "cache", .auto, "https://a1b2.r2.cloudflarestorage.com/cache/k"),
        ("oss-cn-x.aliyuncs.com", true, "cache", .auto, "https://cache.oss-cn-x.aliyuncs.com/k"),
    ]

    @Test(arguments: cases.indices)
    func reads(index: Int) throws {
        let (text, tls, bucket, lookup, url) = Self.cases[index]
        #expect(try S3Endpoint(parsing: text, usesTLS: tls, bucket: bucket, lookup: lookup).url(of: "k") == url)
    }

    @Test(arguments: [
        ("ftp://host", "the scheme is neither http nor https"),
        ("user@host", "it holds a character that does not belong there"),
        ("host?x", "it holds a character that does not belong there"),
        ("ho st", "it holds a character that does not belong there"),
        ("hôst", "it holds a character that does not belong there"),
        ("host:", "the port is not a number from 1 to 65535"),
        ("host:0", "the port is not a number from 1 to 65535"),
        ("host:65536", "the port is not a number from 1 to 65535"),
        ("host:+80", "the port is not a number from 1 to 65535"),
        (":80", "the host is not one"), ("::1", "the host is not one"), ("[::1", "the host is not one"),
        ("[::1]80", "the host is not one"),
    ])
    func refuses(text: String, problem: String) {
        let error = #expect(throws: S3Error.self) { try S3Endpoint(parsing: text, bucket: "b") }
        #expect(
            error?.description
                == "S3 endpoint \(text.debugDescription): \(problem); write it as host, host:port or https://host:port")
    }

    @Test(arguments: ["", "a/b", String(repeating: "b", count: 256)])
    func refusesBuckets(bucket: String) {
        let error = #expect(throws: S3Error.self) { try S3Endpoint(parsing: "host", bucket: bucket) }
        #expect(error?.code == .invalidArgument)
    }

    @Test(arguments: [
        ("s3.amazonaws.com", nil), ("s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("s3-eu-west-1.amazonaws.com", "eu-west-1"), ("s3-external-1.amazonaws.com", "us-east-1"),
        ("s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"), ("s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("s3-accelerate.amazonaws.com", nil), ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("x.r2.cloudflarestorage.com", "auto"), ("fra1.digitaloceanspaces.com", "fra1"),
        ("s3.us-west-004.backblazeb2.com", "us-west-004"),
        ("s3.eu-central-1.wasabisys.com", "eu-central-1"), ("minio.example.org", nil), ("127.0.0.1", nil),
    ])
    func knowsRegions(host: String, region: String?) {
        #expect(S3Endpoint(scheme: "https", host: host, bucket: "b").region == region)
    }
}
