import CacheCore
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Scripts that print tokens, run as a user's would be.
@Suite final class TokenScriptTests {
    private let directory: String
    private let clock = TestClock()

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/niks3-script-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// A script that notes each of its runs in a file and prints `output`, in which `N` is the number of the run.
    private func script(_ output: String, then: String = "") throws -> TokenScript {
        let path = directory + "/script with space.sh"
        try Data(
            """
            echo run >> "\(directory)/runs"
            count=$(wc -l < "\(directory)/runs")
            printf '%s' '\(output)' | sed "s/N/$count/"
            \(then)
            """.utf8
        ).write(to: URL(filePath: path))
        return try TokenScript(
            "sh '\(path)'", namedBy: "--auth-token-script", timeLimit: .seconds(20),
            now: clock.now)
    }

    @Test(
        "a token is used for three quarters of its life",
        arguments: [#""2027-01-15T08:16:40Z""#, #""2027-01-15T09:16:40.5+01:00""#, "1800001000", "1800001000.7"])
    func life(expiresAt: String) async throws {
        let script = try script(#"{"token":"token-N","expires_at":\#(expiresAt)}"#)
        #expect(try await script.token() == "token-1")
        clock.pass(.seconds(749))
        #expect(try await script.token() == "token-1")
        clock.pass(.seconds(2))
        #expect(try await script.token() == "token-2")
    }

    @Test(
        "without an end the script runs before every request",
        arguments: [#"{"token":"token-N"}"#, #"{"token":" token-N\n","expires_at":null,"other":1}"#])
    func withoutEnd(output: String) async throws {
        let script = try script(output)
        #expect(try await script.token() == "token-1")
        #expect(try await script.token() == "token-2")
    }

    @Test("a token that has expired already is used once")
    func expired() async throws {
        let script = try script(#"{"token":"token-N","expires_at":"2020-01-01T00:00:00Z"}"#)
        #expect(try await script.token() == "token-1")
        #expect(try await script.token() == "token-2")
    }

    @Test("requests that wait at the same time share a run")
    func shared() async throws {
        let script = try script(#"{"token":"token-N","expires_at":"2027-01-15T08:16:40Z"}"#, then: "sleep 0.2")
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await script.token() } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(tokens == ["token-1"])
    }

    @Test("a refused token is replaced once, however many requests it was refused to")
    func refused() async throws {
        let script = try script(#"{"token":"token-N","expires_at":"2027-01-15T08:16:40Z"}"#)
        #expect(try await script.token() == "token-1")
        #expect(try await script.token(insteadOf: "token-1") == "token-2")
        #expect(try await script.token(insteadOf: "token-1") == "token-2")
        #expect(try await script.token() == "token-2")
    }

    @Test(
        "what is wrong names the script, and what it said",
        arguments: [
            (
                "", "echo first >&2; echo 'no such user.' >&2; exit 3",
                "failed with exit status 3: first; no such user."
            ),
            ("", "exit 1", "failed with exit status 1: it said nothing on standard error."),
            ("", "kill -9 $$", "failed with signal 9: it said nothing on standard error."),
            (
                "secret", "",
                #"printed something other than {"token":"…","expires_at":"…"}: make it print that alone, as JSON."#
            ),
            (
                #"{"token":"secret","expires_at":"soon"}"#, "",
                "printed an expires_at that cannot be used: it is no time such as 2026-01-31T23:59:59Z."
            ),
            ("", "head -c 300000 /dev/zero", "printed more than 262144 bytes: it must print one JSON object."),
        ])
    func failure(output: String, then: String, message: String) async throws {
        let script = try script(output, then: then)
        let error = await #expect(throws: ClientError.self) { try await script.token() }
        #expect(error?.code == .credentials)
        #expect(error?.message == "The token script \(script) \(message)")
    }

    @Test("an empty token is refused")
    func emptyToken() async throws {
        let script = try script(#"{"token":" "}"#)
        let error = await #expect(throws: ClientError.self) { try await script.token() }
        #expect(error?.message == "The API token from \(script) is empty: write the server's token there.")
    }

    @Test("a script that hangs is ended")
    func hanging() async throws {
        let script = try TokenScript(
            "sleep 60", namedBy: "--auth-token-script", timeLimit: .seconds(1), now: WallClock.now)
        let error = await #expect(throws: ClientError.self) { try await script.token() }
        #expect(
            error?.message
                == "The token script `sleep 60` (--auth-token-script) did not end within 1 s, and was ended: look why it hangs."
        )
    }

    @Test("a program that is not there is named")
    func missing() async throws {
        let script = try TokenScript("niks3-no-such-program x", namedBy: "--auth-token-script")
        let error = await #expect(throws: ClientError.self) { try await script.token() }
        #expect(
            error?.message
                == "The token script `niks3-no-such-program x` (--auth-token-script) cannot be run: there is no program "
                + "niks3-no-such-program.")
    }

    @Test(
        "a command that is none is refused at once",
        arguments: [
            ("", "The command of --auth-token-script is empty: give one that prints a token."),
            ("''", "The command of --auth-token-script is empty: give one that prints a token."),
            ("a 'b", "The command of --auth-token-script, `a 'b`, has a quotation that does not end: close it."),
        ])
    func unusable(command: String, message: String) {
        let error = #expect(throws: ClientError.self) { try TokenScript(command, namedBy: "--auth-token-script") }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == message)
    }
}
