import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The configuration files.
@Suite final class ClientSettingsTests {
    private let directory = FileManager.default.temporaryDirectory.path + "/niks3-settings-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
        return "\(directory)/\(name)"
    }

    @Test("every setting")
    func everything() throws {
        let path = try file(
            "all.toml",
            #"""
            # where to
            server-url = "https://niks3.example.org"  # the server
            auth_token_path = '/run/token'
            "client-cert" = "/c\t\u00e9\\"
            client-key="/k"
            ca-cert = ''
              max-concurrent-uploads = 1_0
            jobs = 4
            compression-level = 9
            skip-upstream = [ "https://cache.nixos.org", # the usual one
              'https://other',
            ]
            no-progress = true
            """#.replacing("ca-cert = ''", with: "ca-cert = '/a\\'"))
        let settings = try ClientSettings(files: ["\(directory)/absent", path])
        var expected = ClientSettings()
        expected.serverURL = "https://niks3.example.org"
        expected.tokenPath = "/run/token"
        expected.clientCertificate = "/c\té\\"
        expected.clientKey = "/k"
        expected.certificateAuthority = #"/a\"#
        expected.maximumConcurrentUploads = 10
        expected.jobs = 4
        expected.compressionLevel = 9
        expected.skippedUpstreams = ["https://cache.nixos.org", "https://other"]
        expected.hidesProgress = true
        expected.tokenOrigin = path
        #expect(settings == expected)
    }

    @Test("the user's file counts more than the system's, and credentials do not mix")
    func merged() throws {
        let system = try file("system", "server-url = 'http://a'\nauth-token-path = '/a'\njobs = 1\n")
        let user = try file("user", "oidc = \"github\"\njobs = 2\r\n")
        let settings = try ClientSettings(files: [system, user])
        #expect(settings.serverURL == "http://a")
        #expect(settings.tokenPath == nil)
        #expect(settings.oidc == .github)
        #expect(settings.jobs == 2)
        #expect(
            ClientSettings.files(environment: ["HOME": "/h"]) == [
                "/etc/niks3/config.toml", "/h/.config/niks3/config.toml",
            ])
        #expect(
            ClientSettings.files(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/x"])
                == ["/etc/niks3/config.toml", "/x/niks3/config.toml"])
    }

    @Test(
        "what is wrong names the file and the line",
        arguments: [
            ("jobs = 0", "line 1: jobs must be a number between 1 and 1024."),
            ("\n\njobs = \"2\"", "line 3: jobs must be a number between 1 and 1024."),
            ("server-url = 1", "line 1: server-url must be a string with something in it."),
            ("colour = true", "line 1: there is no setting colour: settings are named as the flags of niks3 push."),
            (
                "auth-token = 'x'", "line 1: the token itself does not belong here: name its file with auth-token-path."
            ),
            ("oidc = 'jenkins'", "line 1: oidc must be \"github\" or \"gitlab\"."),
            ("jobs = 1\njobs = 2", "line 2: jobs is set twice."),
            ("[push]\njobs = 1", "line 1: settings are not in tables: write key = value."),
            ("jobs", "line 1: jobs must be followed by = and a value."),
            ("= 1", "line 1: it must look like key = value."),
            ("jobs = 1 2", "line 1: something follows the value."),
            ("jobs = 1.5", "line 1: a value must be a \"string\", a number, true, false, or a list of strings."),
            ("server-url = \"a\nb\"", "line 1: a string must end on the line it begins on."),
            (
                "server-url = \"\\x\"",
                #"line 1: a string holds an escape that TOML does not know: write \\ for a backslash."#
            ),
            ("server-url = \"\\ud800\"", "line 1: a string holds an escape that is no character."),
            ("skip-upstream = ['a' 'b']", "line 1: a list must end with ]."),
            ("skip-upstream = [1]", "line 1: a list may only hold strings."),
        ])
    func refused(text: String, message: String) throws {
        let path = try file("bad.toml", text)
        let error = #expect(throws: ClientError.self) { try ClientSettings(files: [path]) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == "\(path), \(message)")
    }

    @Test(
        "the token of a file counts after flags and the variable, and before the standard place",
        arguments: [
            (Credentials(tokenPath: "/flag"), [:], "/flag (--auth-token-path)"),
            (Credentials(), ["NIKS3_AUTH_TOKEN_FILE": "/variable"], "/variable (NIKS3_AUTH_TOKEN_FILE)"),
            (Credentials(), ["HOME": "/home/u"], "/file (/etc/niks3/config.toml)"),
        ] as [(Credentials, [String: String], String)])
    func order(credentials: Credentials, environment: [String: String], source: String) throws {
        var credentials = credentials
        credentials.settings.tokenPath = "/file"
        credentials.settings.tokenOrigin = "/etc/niks3/config.toml"
        #expect("\(try credentials.tokenSource(environment: environment) { _ in true })" == source)
    }
}
