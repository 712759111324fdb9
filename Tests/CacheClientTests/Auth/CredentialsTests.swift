import Synchronization
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct CredentialsTests {
    @Test(
        "the first source that there is counts",
        arguments: [
            (
                Credentials(tokenScript: "s x", tokenPath: "/a", token: "t"), ["NIKS3_AUTH_TOKEN_FILE": "/b"],
                "`s x` (--auth-token-script)"
            ),
            (Credentials(tokenPath: "/a", token: "t"), ["NIKS3_AUTH_TOKEN_FILE": "/b"], "/a (--auth-token-path)"),
            (Credentials(token: "t"), ["NIKS3_AUTH_TOKEN_FILE": "/b"], "--auth-token"),
            (
                Credentials(hasClientCertificate: true), ["NIKS3_AUTH_TOKEN_FILE": "/b", "HOME": "/home/u"],
                "/b (NIKS3_AUTH_TOKEN_FILE)"
            ),
            (Credentials(), ["HOME": "/home/u"], "/home/u/.config/niks3/auth-token (the standard place)"),
            (
                Credentials(), ["HOME": "/home/u", "XDG_CONFIG_HOME": "/xdg", "NIKS3_AUTH_TOKEN_FILE": ""],
                "/xdg/niks3/auth-token (the standard place)"
            ),
            (Credentials(hasClientCertificate: true), ["XDG_CONFIG_HOME": "/none"], "the client certificate"),
        ])
    func order(credentials: Credentials, environment: [String: String], source: String) throws {
        let chosen = try credentials.tokenSource(environment: environment) { !$0.hasPrefix("/none") }
        #expect("\(chosen)" == source)
    }

    @Test("without any source, all of them are named")
    func none() {
        let error = #expect(throws: ClientError.self) {
            try Credentials().tokenSource(environment: ["HOME": "/none"]) { _ in false }
        }
        #expect(error?.code == .credentials)
        #expect(
            error?.message
                == "There is no API token: give its file with --auth-token-path or in NIKS3_AUTH_TOKEN_FILE, or write the "
                + "token into /none/.config/niks3/auth-token.")
    }

    @Test("white space around a token does not count, and white space within is refused")
    func text() async throws {
        #expect(try await FixedToken(" token\r\n", description: "x").token() == "token")
        for text in ["", " \n", "two words", "a\nb", "naïve"] {
            let error = #expect(throws: ClientError.self) { try FixedToken(text, description: "x") }
            #expect(error?.code == .credentials)
        }
    }

    @Test("a token file is read again after a minute, and must be there")
    func file() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/niks3-token-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let start = ContinuousClock.now
        let elapsed = Mutex(Duration.zero)
        let source = TokenFile(path: path, namedBy: "--auth-token-path") { start + elapsed.withLock { $0 } }
        let missing = await #expect(throws: ClientError.self) { try await source.token() }
        #expect(
            missing?.message
                == "The file of the API token, \(path) (--auth-token-path), does not exist: create it or name another.")
        try Data("first\n".utf8).write(to: URL(filePath: path))
        #expect(try await source.token() == "first")
        try Data("second\n".utf8).write(to: URL(filePath: path))
        #expect(try await source.token() == "first")
        elapsed.withLock { $0 = .seconds(61) }
        #expect(try await source.token() == "second")
        try Data().write(to: URL(filePath: path))
        elapsed.withLock { $0 = .seconds(122) }
        let empty = await #expect(throws: ClientError.self) { try await source.token() }
        #expect(
            empty?.message
                == "The API token from \(path) (--auth-token-path) is empty: write the server's token there.")
    }

    @Test("after a refusal a token file is read again at once, and an unchanged token is not sent again")
    func refusedFile() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/niks3-token-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("first\n".utf8).write(to: URL(filePath: path))
        let source = TokenFile(path: path, namedBy: "--auth-token-path")
        #expect(try await source.token() == "first")
        #expect(try await source.token(insteadOf: "first") == nil)
        try Data("second\n".utf8).write(to: URL(filePath: path))
        #expect(try await source.token() == "first")
        #expect(try await source.token(insteadOf: "first") == "second")
        #expect(try await source.token(insteadOf: "first") == "second")
        #expect(try await source.token() == "second")
    }

    @Test(
        "addresses of servers",
        arguments: [
            ("https://cache.example.org", "https://cache.example.org"),
            ("HTTP://127.0.0.1:5751/", "http://127.0.0.1:5751"),
            ("https://host/below//", "https://host/below"),
        ])
    func address(text: String, address: String) throws {
        #expect(try ServerURL(text).description == address)
    }

    @Test(
        "what is no address is refused",
        arguments: ["", "cache.example.org", "ftp://x", "https://", "https:///x", "http://a b", "http://a?b"])
    func noAddress(text: String) {
        let error = #expect(throws: ClientError.self) { try ServerURL(text) }
        #expect(error?.code == .invalidArgument)
    }
}
