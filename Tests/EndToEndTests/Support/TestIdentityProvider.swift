import Foundation
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// An identity provider: files that Python serves, and a key of openssl's.
struct TestIdentityProvider: Sendable {
    let url: String
    private let directory: String
    private let nix: NixSandbox

    /// Runs one while `body` works with it.
    static func run(
        in nix: NixSandbox, _ body: @Sendable (TestIdentityProvider) async throws -> Void
    ) async throws {
        let directory = try nix.root.directory("provider")
        let log = nix.root.path + "/provider.log"
        let descriptor = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        let words = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory]
        _ = try await Subprocess.run(
            .name("python3"), arguments: Arguments(words), environment: .exactly(nix.environment), input: .none,
            output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
            error: .fileDescriptor(descriptor, closeAfterSpawningProcess: true)
        ) { execution in
            defer { kill(execution.processIdentifier.value, SIGTERM) }
            let port = try await eventually("the provider's port in \(log)") {
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                return text.firstMatch(of: /port ([1-9][0-9]*)\b/).map { String($0.1) }
            }
            let provider = TestIdentityProvider(url: "http://127.0.0.1:\(port)", directory: directory, nix: nix)
            try await provider.openssl(["genrsa", "-out", "../provider.key", "2048"])
            try await body(provider)
        }
    }

    /// Publishes the discovery document and the key of an issuer below this address.
    func publish(issuer: String) async throws {
        let path = "provider\(issuer.dropFirst(url.count))/.well-known"
        _ = try nix.root.directory(path)
        try nix.root.file(
            path + "/openid-configuration", #"{"issuer":"\#(issuer)","jwks_uri":"\#(url)/keys"}"#)
        let printed = try await openssl(["rsa", "-in", "../provider.key", "-noout", "-modulus"]).line
        let digits = Array(printed.dropFirst("Modulus=".count))
        let modulus = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
        let key = #"{"kty":"RSA","use":"sig","alg":"RS256","kid":"1","n":"\#(Self.text(Data(modulus)))","e":"AQAB"}"#
        try nix.root.file("provider/keys", #"{"keys":[\#(key)]}"#)
    }

    /// A token with these claims, beside the times of an hour from now.
    func token(_ claims: [String: String]) async throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let members = claims.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)","# }.joined()
        let signed =
            Self.text(Data(#"{"alg":"RS256","kid":"1"}"#.utf8)) + "."
            + Self.text(Data(#"{\#(members)"iat":\#(now),"exp":\#(now + 3600)}"#.utf8))
        try nix.root.file("signed", signed)
        try await openssl(["dgst", "-sha256", "-sign", "../provider.key", "-out", "../signature", "../signed"])
        return signed + "." + Self.text(try Data(contentsOf: URL(fileURLWithPath: nix.root.path + "/signature")))
    }

    /// Has the provider answer a request with a text.
    func put(_ text: String, at name: String) throws {
        try nix.root.file("provider/" + name, text)
    }

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @discardableResult
    private func openssl(_ words: [String]) async throws -> CommandOutput {
        var command = nix.command(["openssl"] + words)
        command.directory = directory
        return try await command.succeed()
    }
}
