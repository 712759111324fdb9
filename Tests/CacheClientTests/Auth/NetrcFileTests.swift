import Testing

@testable import CacheClient

@Suite struct NetrcFileTests {
    @Test(
        "the login of a machine is found, else that for all others",
        arguments: [
            ("machine cache.example login u password p", "https://cache.example/x", "Basic dTpw"),
            ("machine cache.example\n  login u\n  password p\n", "https://Cache.Example:8443", "Basic dTpw"),
            (
                "machine a login x password y\nmachine cache.example login u password p", "http://cache.example",
                "Basic dTpw"
            ),
            ("machine other login x password y\ndefault login u password p", "http://cache.example", "Basic dTpw"),
            ("# a comment\nmachine cache.example login u password \"p\" # not p", "http://cache.example", "Basic dTpw"),
            (#"machine cache.example login u password "a \"b\"""#, "http://cache.example", "Basic dTphICJiIg=="),
            ("machine cache.example password p", "http://cache.example", "Basic OnA="),
            ("machine cache.example account z login u password p", "http://cache.example", "Basic dTpw"),
            ("machine ::1 login u password p", "http://[::1]:80/x", "Basic dTpw"),
            ("machine other login u password p", "http://cache.example", nil), ("", "http://cache.example", nil),
            ("login u password p", "http://cache.example", nil), ("machine", "http://cache.example", nil),
        ] as [(String, String, String?)])
    func found(text: String, server: String, value: String?) throws {
        #expect(NetrcFile(parsing: text).authorization(for: try ServerURL(server)) == value)
    }

    @Test("a file that is not there is named")
    func missing() {
        let error = #expect(throws: ClientError.self) { try NetrcFile(path: "/nowhere/netrc") }
        #expect(error?.code == .credentials)
        #expect(error?.message == "There is no file /nowhere/netrc with logins.")
    }
}
