import Testing

@testable import niks3_server

@Suite struct GreetingTests {
    static let shared = [
        "--db", "dbname=x", "--s3-endpoint", "s3.example", "--s3-bucket", "b", "--s3-use-iam", "--api-token",
        String(repeating: "t", count: 36), "--server-url", "https://s.example",
    ]

    private func greeting(
        _ arguments: [String], token: String? = nil, keys: [String] = ["a:1", "b:2"], port: Int? = 81
    ) throws -> String {
        Greeting(settings: try serverSettings(arguments), tokenPath: token, publicKeys: keys).text(port: port)
    }

    @Test func withADirectory() throws {
        let arguments = ["--http-addr", "[::1]:0", "--cache-url", "https://c.example"]
        #expect(
            try greeting(arguments, token: "/d/api-token") == """
                # To push:
                export NIKS3_SERVER_URL=http://[::1]:81 NIKS3_AUTH_TOKEN_FILE=/d/api-token
                # To fetch, in nix.conf:
                extra-substituters = https://c.example
                extra-trusted-public-keys = a:1 b:2

                """)
    }

    @Test(
        "a shell reads the path of the token back",
        arguments: [
            ("/d-1/_x.y/api-token", "/d-1/_x.y/api-token"), ("/my cache/api-token", "'/my cache/api-token'"),
            ("/$HOME/api-token", "'/$HOME/api-token'"), ("/it's/api-token", #"'/it'\''s/api-token'"#),
            ("/gärten/api-token", "'/gärten/api-token'"),
        ])
    func tokenPath(_ path: String, _ word: String) throws {
        let lines = try greeting([], token: path).split(separator: "\n")
        #expect(lines[1].hasSuffix(" NIKS3_AUTH_TOKEN_FILE=\(word)"))
    }

    @Test func withADatabase() throws {
        #expect(
            try greeting(Self.shared + ["--enable-read-proxy"], keys: [], port: nil) == """
                # To push:
                export NIKS3_SERVER_URL=https://s.example
                # To fetch, in nix.conf:
                extra-substituters = https://s.example

                """)
        #expect(
            try greeting(Self.shared) == """
                # To push:
                export NIKS3_SERVER_URL=https://s.example
                # To fetch, give the bucket's address as --cache-url, or --enable-read-proxy to serve it here.

                """)
    }
}
