import CacheCore
import CacheServer
import HTTPTypes
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct TokenFileTests {
    static let now = TestCredential.now

    private func request(_ token: String) -> AuthenticationRequest {
        AuthenticationRequest(
            HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/", headerFields: [.authorization: "Bearer \(token)"])
        )
    }

    private func token(_ name: String, _ scopes: [String] = ["write"], lifetime: Duration? = nil) throws -> NewToken {
        try NewToken(name: name, scopes: scopes, now: Self.now, lifetime: lifetime)
    }

    @Test func tokensThemselves() throws {
        let (first, second) = (try token("a"), try token("a"))
        #expect(first.token != second.token)
        #expect(first.token.utf8.count == 49)
        #expect(first.token.hasPrefix("niks3_"))
        #expect(first.record.sha256.utf8.count == 64)
        #expect(!first.record.sha256.contains(first.token.dropFirst(6)))
    }

    @Test func changesAreTakenOver() throws {
        try withTemporaryDirectory { directory in
            let log = LogRecorder()
            let file = TokenFile(path: directory + "/tokens.json")
            #expect(throws: ConfigurationError.self) {
                try TokenFileAuthenticator(file: file, now: { Self.now }, logger: log.logger)
            }
            let (first, second) = (try token("first"), try token("second", ["read"]))
            try file.change { try $0.add(first.record, now: Self.now) }
            let authenticator = try TokenFileAuthenticator(file: file, now: { Self.now }, logger: log.logger)
            #expect(
                authenticator.authenticate(request(first.token))
                    == .accepted(Principal(name: "token:first", scopes: .write)))
            #expect(authenticator.authenticate(request(second.token)) == .absent)
            #expect(!authenticator.gatesReads)

            try file.change { try $0.add(second.record, now: Self.now) }
            try file.change { try $0.revoke("first", now: Self.now) }
            authenticator.reload()
            #expect(
                authenticator.authenticate(request(first.token))
                    == .refused(AuthenticationRefusal(claimant: "token:first", reason: "the token is revoked")))
            #expect(
                authenticator.authenticate(request(second.token))
                    == .accepted(Principal(name: "token:second", scopes: .read)))
            #expect(authenticator.gatesReads)

            // Taking the last reader's token away does not open the cache.
            try file.change { try $0.revoke("second", now: Self.now) }
            authenticator.reload()
            #expect(authenticator.gatesReads)
        }
    }

    @Test(arguments: [nil, "", "{", #"{"tokens":[{"name":"x"}]}"#, #"{"tokens":[],"tokens":[]}"#])
    func whatCannotBeReadChangesNothing(text: String?) throws {
        try withTemporaryDirectory { directory in
            let log = LogRecorder()
            let file = TokenFile(path: directory + "/tokens.json")
            let made = try token("a")
            try file.change { try $0.add(made.record, now: Self.now) }
            let authenticator = try TokenFileAuthenticator(file: file, now: { Self.now }, logger: log.logger)
            if let text {
                try Data(text.utf8).write(to: URL(filePath: file.path))
            } else {
                try FileManager.default.removeItem(atPath: file.path)
            }
            for _ in 0..<3 { authenticator.reload() }
            #expect(authenticator.authenticate(request(made.token)) != .absent)
            // Said once.
            #expect(log.text.split(separator: "\n").count == 1, "\(log.text)")
            #expect(log.text.contains("ERROR   the tokens are still those from before"))
        }
    }

    @Test func theEndOfAToken() throws {
        try withTemporaryDirectory { directory in
            let file = TokenFile(path: directory + "/tokens.json")
            let made = try token("a", lifetime: .seconds(10))
            try file.change { try $0.add(made.record, now: Self.now) }
            for (seconds, counts) in [(0, true), (9, true), (10, false), (1_000_000, false)] {
                let authenticator = try TokenFileAuthenticator(
                    file: file, now: { Self.now + .seconds(seconds) }, logger: LogRecorder().logger)
                let outcome = authenticator.authenticate(request(made.token))
                #expect(
                    outcome
                        == (counts
                            ? .accepted(Principal(name: "token:a", scopes: .write))
                            : .refused(AuthenticationRefusal(claimant: "token:a", reason: "the token has expired"))))
            }
        }
    }

    @Test(arguments: [
        (#"[]"#, "tokens"), (#"{"tokens":[RECORD,RECORD]}"#, "twice"),
        (#"{"tokens":[{"name":"a","sha256":"00","scopes":["read"],"created_at":"2026-01-01T00:00:00Z"}]}"#, "sha256"),
        (#"{"tokens":[{"name":"a b","sha256":"HASH","scopes":["read"],"created_at":"2026-01-01T00:00:00Z"}]}"#, "a b"),
        (#"{"tokens":[{"name":"a","sha256":"HASH","scopes":[],"created_at":"2026-01-01T00:00:00Z"}]}"#, "no scope"),
        (#"{"tokens":[{"name":"a","sha256":"HASH","scopes":["root"],"created_at":"2026-01-01T00:00:00Z"}]}"#, "root"),
    ])
    func refusedFiles(text: String, reason: String) throws {
        let hash = String(repeating: "0", count: 64)
        let record = #"{"name":"a","sha256":"HASH","scopes":["read"],"created_at":"2026-01-01T00:00:00Z"}"#
        let bytes = Array(text.replacing("RECORD", with: record).replacing("HASH", with: hash).utf8)
        let error = #expect(throws: ConfigurationError.self) { try TokenList(parsing: bytes, from: "/f") }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("/f") == true)
    }

    @Test func changesKeepTheMode() throws {
        try withTemporaryDirectory { directory in
            let file = TokenFile(path: directory + "/tokens.json")
            try file.change { try $0.add(try token("a").record, now: Self.now) }
            let manager = FileManager.default
            #expect(try manager.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
            try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
            try file.change { try $0.add(try token("b").record, now: Self.now) }
            #expect(try manager.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o640)
            #expect(try file.read()?.records.map(\.name) == ["a", "b"])
        }
    }
}
