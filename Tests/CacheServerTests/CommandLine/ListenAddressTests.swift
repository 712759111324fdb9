import CacheServer
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:5751", "127.0.0.1", 5751, "127.0.0.1:5751"), (":80", "", 80, ":80"),
        ("[::1]:0", "::1", 0, "[::1]:0"),
        ("localhost:65535", "localhost", 65535, "localhost:65535"),
    ])
    func parses(text: String, host: String, port: Int, description: String) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == description)
    }

    @Test(arguments: [
        "", "5751", "host", "host:", "host:x", "host:65536", "host:-1", "::1:80", "[::1]", "[]:80", "[::1:80", "a b:80",
        "http://a:80",
    ])
    func refuses(text: String) {
        #expect(throws: ConfigurationError("--http-addr \(text): write it as host:port, :port or [address]:port")) {
            try ListenAddress(parsing: text)
        }
    }
}
