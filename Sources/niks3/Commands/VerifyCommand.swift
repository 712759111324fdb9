import ProgramKit
import ArgumentParser
import CacheClient
import CacheCore
import ClientOptions
import CurlKit
import Logging
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 verify`.
struct VerifyCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a cache has closures whole, as a reader sees them.",
        discussion: "Narinfos, their signatures and references, and the sizes of NARs; with --deep their contents too.")

    @Argument(help: ArgumentHelp("Store paths, or links to them such as ./result.", valueName: "store-path"))
    var paths: [String]

    @Option(help: ArgumentHelp("The address of the cache, as in `substituters` of nix.conf.", valueName: "url"))
    var cache: String

    @Option(
        name: .customLong("trusted-key"), parsing: .singleValue,
        help: ArgumentHelp(
            "A public key that has to have signed each path; may be repeated. Otherwise those that the cache itself names, "
                + "where it is a niks3 server.", valueName: "name:base64"))
    var trustedKeys: [String] = []

    @Flag(help: "Fetch each NAR, decompress and hash it.")
    var deep = false

    @Option(
        help: ArgumentHelp(
            "The file of a token, for a cache that gives what it has only to those who have one.", valueName: "file"))
    var authTokenPath: String?

    @Option(
        help: ArgumentHelp(
            "The file of logins for such a cache, as netrc-file in nix.conf names it.", valueName: "file"))
    var netrcFile: String?

    @Option(help: ArgumentHelp("Certificates in PEM that are trusted instead of the system's.", valueName: "file"))
    var caCert: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard authTokenPath == nil || netrcFile == nil else {
            throw ValidationError("--auth-token-path and --netrc-file exclude each other.")
        }
    }

    func runReporting() async -> ExitStatus {
        let environment = ProcessInfo.processInfo.environment
        let console = Console(output, environment: environment)
        do throws(ClientError) {
            return try await verify(environment: environment, console: console)
        } catch {
            console.log(.error, error.message)
            return ExitStatus(after: error)
        }
    }

    private func verify(environment: [String: String], console: Console) async throws(ClientError) -> ExitStatus {
        let directories = try store.location(environment: environment).directories
        let roots = try paths.map { path throws(ClientError) in try directories.storePath(ofArgument: path) }
        var configuration = HTTPClientConfiguration()
        configuration.userAgent = "niks3/\(Version.current)"
        configuration.certificateAuthorityFile = caCert
        if console.isDebugging { configuration.debugHook = { console.log(.debug, $0) } }
        let http = HTTPClient(configuration: configuration)
        var options = CacheVerifier.Options()
        options.isDeep = deep
        options.processors = ProcessInfo.processInfo.activeProcessorCount
        options.trustedKeys = try await keys(http, console)
        options.authorization = try await authorization()
        let verifier = try CacheVerifier(
            cache: cache, directory: directories.store, http: http, options: options, onRetry: console.retrying)
        let report = try await verifier.verify(roots) { console.log(.debug, "\($0) was checked") }
        for problem in report.problems { console.log(.error, problem.message) }
        let summary =
            "\(Quantities.count(report.paths, "path")) with \(Quantities.bytes(report.narBytes)) checked at \(cache)"
        guard report.problems.isEmpty else {
            console.log(
                .error, "\(summary): \(Quantities.count(report.problems.count, "problem")); push the paths again.")
            return .failure
        }
        StandardStream.output.write("\(summary): all is there\(deep ? " and has its hash" : "").\n")
        return .success
    }

    /// The header that proves who we are; nil without credentials.
    private func authorization() async throws(ClientError) -> String? {
        if let authTokenPath {
            return try await TokenFile(path: authTokenPath, namedBy: "--auth-token-path").token().map { "Bearer \($0)" }
        }
        guard let netrcFile else { return nil }
        let server = try ServerURL(cache)
        guard let value = try NetrcFile(path: netrcFile).authorization(for: server) else {
            throw ClientError(.credentials, "\(netrcFile) has no login for \(server): add one, or name another file.")
        }
        return value
    }

    private func keys(_ http: HTTPClient, _ console: Console) async throws(ClientError) -> TrustedKeys? {
        var texts = trustedKeys
        if texts.isEmpty {
            let api = APIClient(server: try ServerURL(cache), tokens: NoToken(), http: http, policy: .never)
            texts = (try? await api.cacheConfiguration().publicKeys) ?? []
        }
        guard !texts.isEmpty else {
            console.log(
                .warning, "Signatures are not checked: \(cache) names no public keys; give them with --trusted-key.")
            return nil
        }
        do throws(NarKitError) {
            return try TrustedKeys(parsing: texts.joined(separator: " "))
        } catch {
            throw ClientError(.invalidArgument, "--trusted-key: \(error.message)", cause: error)
        }
    }
}
