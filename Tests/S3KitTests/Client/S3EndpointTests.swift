import S3Kit
import Testing

@Suite struct S3EndpointTests {
    static let cases: [(S3Endpoint, key: String, url: String)] = [
        (S3Endpoint(scheme: "https", host: "s3.example", bucket: "b"), "k", "https://s3.example/b/k"),
        (S3Endpoint(scheme: "https", host: "s3.example", port: 443, bucket: "b"), "", "https://s3.example/b"),
        (S3Endpoint(scheme: "HTTP", host: "S3.Example", port: 80, bucket: "b"), "k", "http://s3.example/b/k"),
        (S3Endpoint(scheme: "http", host: "s3.example", port: 443, bucket: "b"), "k", "http://s3.example:443/b/k"),
        (
            S3Endpoint(scheme: "https", host: "s3.example", port: 9000, bucket: "b", addressing: .virtualHost),
            "a/k", "https://b.s3.example:9000/a/k"
        ),
        (
            S3Endpoint(scheme: "https", host: "s3.example", bucket: "b", addressing: .virtualHost), "",
            "https://b.s3.example/"
        ),
        (
            S3Endpoint(scheme: "http", host: "[::1]", port: 7480, bucket: "b", basePath: "//proxy/s3/"), "k",
            "http://[::1]:7480/proxy/s3/b/k"
        ),
        (
            S3Endpoint(scheme: "http", host: "h", bucket: "", basePath: ".store"), "nar/x y.nar",
            "http://h/.store/nar/x%20y.nar"
        ),
        (S3Endpoint(scheme: "http", host: "h", bucket: ""), "", "http://h/"),
        (S3Endpoint(scheme: "http", host: "h", bucket: "b"), "/a//../é", "http://h/b//a//../%C3%A9"),
    ]

    @Test(arguments: cases)
    func spellsURLs(endpoint: S3Endpoint, key: String, url: String) {
        #expect(endpoint.url(of: key) == url)
    }
}
