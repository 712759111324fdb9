import CacheCore
import CacheServer
import CacheStorage
import CurlKit
import NarKit
import Subprocess
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@testable import niks3_server

/// The program with everything that decides who may do what.
@Suite(.timeLimit(.minutes(5))) struct AccessProgramTests {
    private static func client(trusting authority: String) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        configuration.certificateAuthorityFile = authority
        return HTTPClient(configuration: configuration)
    }

    private static func status(_ client: HTTPClient, _ url: String, token: String) async throws -> Int {
        let response = try await client.execute(
            HTTPRequest(url: url, headers: HTTPHeaders([(name: "Authorization", value: "Bearer \(token)")])))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status
    }

    private static func tool(_ arguments: [String]) throws -> String {
        let surroundings = ToolSurroundings(environment: [:], now: StoreClock.systemTime())
        return String(try #require(try Tools.run(arguments, in: surroundings)).result.dropLast())
    }

    @Test func tokensAndTLS() async throws {
        try await withTemporaryDirectory { directory in
            let certificates = try TestCertificates(directory: directory)
            let files = try certificates.issue("server", subject: try TestCertificates.subject("localhost"))
            let tokens = directory + "/tokens.json"
            let writer = try Self.tool(["tokens", "add", "ci", "--scope", "write", "--tokens-path", tokens])
            // A provider that nobody runs does not stop the server.
            let providers = directory + "/oidc.json"
            let issuer = "http://127.0.0.1:1"
            try Data(
                #"{"allow_insecure":true,"providers":{"ci":{"issuer":"\#(issuer)","audience":"https://cache"}}}"#.utf8
            ).write(to: URL(filePath: providers))
            let end = try await ServerProcess.run(
                [
                    "--data-dir", directory + "/state", "--http-addr", "127.0.0.1:0", "-tls-cert", files.certificate,
                ],
                environment: [
                    "NIKS3_TLS_KEY": files.key, "NIKS3_TOKENS_PATH": tokens, "NIKS3_OIDC_CONFIG": providers,
                ]
            ) { server in
                let port = try await server.port()
                let url = "https://127.0.0.1:\(port)"
                let client = Self.client(trusting: certificates.authority)
                #expect(server.log.contains("NIKS3_SERVER_URL=\(url) "))
                #expect(try await Self.status(client, url + "/api/pins", token: writer) == 200)
                #expect(try await Self.status(client, url + "/api/gc/status", token: writer) == 403)
                let answer = try await client.execute(
                    HTTPRequest(url: "\(url)/api/cache-config?issuer=http%3A%2F%2F127.0.0.1%3A1"))
                let config = try CacheConfiguration.decode(try await answer.body.collect(upTo: 1 << 16))
                #expect(config.oidcAudience == "https://cache")

                // A token that is added counts, one that is revoked does not, without a restart.
                let admin = try Self.tool(["tokens", "add", "ops", "--scope", "admin", "--tokens-path", tokens])
                _ = try await eventually("the new token") {
                    try await Self.status(client, url + "/api/gc/status", token: admin) == 404 ? () : nil
                }
                _ = try Self.tool(["tokens", "revoke", "ci", "--tokens-path", tokens])
                _ = try await eventually("the end of the old token") {
                    try await Self.status(client, url + "/api/pins", token: writer) == 401 ? () : nil
                }
                #expect(
                    server.log.contains(
                        "NOTICE  a login was refused claimant=token:ci method=GET path=/api/pins peer=127.0.0.1 reason=\"the token is revoked\""
                    ))
                #expect(!server.log.contains(writer))

                // SIGHUP has the certificate loaded again.
                let next = try TestCertificates(directory: directory)
                _ = try next.issue("server", subject: try TestCertificates.subject("localhost"))
                server.signal(SIGHUP)
                _ = try await eventually("the new certificate") {
                    let client = Self.client(trusting: next.authority)
                    let status = try? await Self.status(client, url + "/api/gc/status", token: admin)
                    await client.shutdown()
                    return status == 404 ? () : nil
                }
                await client.shutdown()
            }
            #expect(end.status == .exited(0))
            #expect(
                end.log.contains(
                    "WARNING every token of the OIDC provider ci is let in that is for the audience https://cache"))
            #expect(end.log.contains("WARNING the keys of a provider cannot be had logins=refused provider=ci"))
        }
    }

    /// SIGHUP without anything to load does not end the server.
    @Test func signsWithAProgram() async throws {
        try await withTemporaryDirectory { directory in
            let key = try SecretKey.generate(name: "hsm-1")
            let program = directory + "/sign"
            try Data("#!/bin/sh\nexec cat > /dev/null\n".utf8).write(to: URL(filePath: program))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
            let end = try await ServerProcess.run(
                [
                    "--data-dir", directory + "/state", "--http-addr", "127.0.0.1:0", "--sign-program", program,
                    "--sign-program-public-key", key.publicKey.description,
                ]
            ) { server in
                let port = try await server.port()
                server.signal(SIGHUP)
                let http = HTTPCalls(port: port, client: HTTPClient())
                let config = try await http.get("/api/cache-config").text
                // No key in a file beside it.
                #expect(config.contains(#""public_keys":["\#(key.publicKey)"]"#), "\(config)")
                #expect(!FileManager.default.fileExists(atPath: directory + "/state/signing-key"))
                await http.client.shutdown()
            }
            #expect(end.status == .exited(0))
        }
    }

    @Test(arguments: [
        (
            ["--tokens-path", "/nowhere"],
            "--tokens-path /nowhere: there is no such file; make it with: niks3-server tokens add"
        ),
        (["--tls-cert", "/nowhere", "--tls-key", "/nowhere"], "--tls-cert /nowhere: there is no such file"),
    ])
    func refusedStarts(arguments: [String], sentence: String) async throws {
        try await withTemporaryDirectory { directory in
            let end = try await ServerProcess.runToItsEnd(["--data-dir", directory + "/state"] + arguments)
            #expect(end.status == .exited(1))
            #expect(end.log == "niks3-server: \(sentence)\n")
        }
    }

    @Test func commandsBesideTheServer() async throws {
        let help = try await ServerProcess.runToItsEnd(["tokens", "--help"])
        #expect(help.status == .exited(0))
        #expect(help.log.contains("USAGE: niks3-server tokens <subcommand>"))
        let wrong = try await ServerProcess.runToItsEnd(["tokens", "add"])
        #expect(wrong.status == .exited(2))
        let failed = try await ServerProcess.runToItsEnd(["tokens", "list"])
        #expect(failed.status == .exited(1))
        #expect(failed.log == "niks3-server: say where the tokens are: give --tokens-path, as you do for the server\n")
        let key = try await ServerProcess.runToItsEnd(["keys", "generate", "cache-1"])
        #expect(key.status == .exited(0))
        #expect(try SecretKey(parsing: key.log).name == "cache-1")
    }
}
