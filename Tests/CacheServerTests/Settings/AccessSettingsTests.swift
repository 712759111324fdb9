import CacheServer
import HTTPTypes
import NarKit
import Testing

@testable import niks3_server

@Suite struct AccessSettingsTests {
    static let key = "hsm-1:" + String(repeating: "A", count: 43) + "="

    @Test func flagsAndVariables() throws {
        let flags = try serverSettings([
            "--tokens-path", "/t", "--mtls-proxy-header", "X-Verify", "--mtls-bound-subject", "CN=a b",
            "--mtls-bound-subject=CN=c", "-mtls-bound-subject-read", "CN=r", "--sign-program", "/sign",
            "--sign-program-public-key", Self.key, "--max-concurrent-pushes", "7", "--max-push-objects", "9",
        ])
        #expect(flags.access.tokensPath == "/t")
        #expect(
            flags.access.certificateRules
                == CertificateRules(writers: [try Glob("CN=a b"), try Glob("CN=c")], readers: [try Glob("CN=r")]))
        guard case .proxy(let verdict, let subject) = flags.access.certificates else {
            Issue.record("certificates are not those of a proxy")
            return
        }
        #expect(verdict.canonicalName == "x-verify")
        #expect(subject.canonicalName == "x-ssl-client-dn")
        #expect(flags.signProgram?.path == "/sign")
        #expect(flags.signProgram?.publicKeys.map(\.description) == [Self.key])
        #expect(flags.pushLimits == PushLimits(concurrentPushes: 7, objectsPerPush: 9))
        let variables = try serverSettings(
            [],
            [
                "NIKS3_TLS_CERT": "/c", "NIKS3_TLS_KEY": "/k", "NIKS3_TLS_CLIENT_CA": "/a",
                "NIKS3_MTLS_BOUND_SUBJECT": "CN=a CN=b", "NIKS3_SIGN_PROGRAM": "sign",
                "NIKS3_SIGN_PROGRAM_PUBLIC_KEY": Self.key, "NIKS3_MAX_CONCURRENT_PUSHES": "1",
            ])
        #expect(variables.tls == TLSFiles(certificate: "/c", key: "/k", clientAuthority: "/a"))
        guard case .tls = variables.access.certificates else {
            Issue.record("certificates are not those of the connection")
            return
        }
        #expect(variables.access.certificateRules.writers.map(\.description) == ["CN=a", "CN=b"])
        #expect(variables.signProgram?.path == "sign")
        #expect(variables.pushLimits == PushLimits(concurrentPushes: 1))
        let neither = try serverSettings()
        #expect(neither.tls == nil)
        #expect(neither.access.certificates == nil)
        #expect(neither.access.oidc == nil)
        #expect(neither.signProgram == nil)
        #expect(neither.pushLimits == PushLimits())
        #expect(neither.access.warnings == [])
    }

    @Test(arguments: [
        (["--tls-cert", "c"], "--tls-cert is given without its key; give --tls-key too"),
        (["--tls-key", "k"], "--tls-key is given without the certificate; give --tls-cert too"),
        (
            ["--tls-client-ca", "a"],
            "--tls-client-ca needs --tls-cert and --tls-key too: certificates are shown over TLS"
        ),
        (
            ["--tls-cert", "c", "--tls-key", "k", "--tls-client-ca", "a", "--mtls-proxy-header", "X"],
            "--tls-client-ca and --mtls-proxy-header contradict each other: certificates are looked at here or by the "
                + "proxy; leave one of them out"
        ),
        (
            ["--mtls-proxy-header", "X Y"],
            "--mtls-proxy-header X Y is no name of a field; write it as X-SSL-Client-Verify"
        ),
        (
            ["--mtls-subject-header", "X"],
            "--mtls-subject-header needs --mtls-proxy-header too: give the proxy's verdict"
        ),
        (
            ["--mtls-bound-subject", "CN=a"],
            "--mtls-bound-subject needs certificates to look at; give --tls-client-ca, or --mtls-proxy-header behind a proxy"
        ),
        (
            ["--mtls-bound-subject-read", "CN=a"],
            "--mtls-bound-subject-read needs certificates to look at; give --tls-client-ca, or --mtls-proxy-header behind a proxy"
        ),
        (["--oidc-config", "/nowhere"], "--oidc-config /nowhere: there is no such file"),
        (["--read-token-path", "/nowhere"], "--read-token-path /nowhere: there is no such file"),
        (
            ["--sign-program", "s"],
            "--sign-program needs --sign-program-public-key too: its signatures are checked, and clients are told the key"
        ),
        (
            ["--sign-program-public-key", key],
            "--sign-program-public-key needs --sign-program too: give the program that signs"
        ),
        (["--max-concurrent-pushes", "-1"], "--max-concurrent-pushes -1: give a whole number from 0 to 1000000"),
        (["--max-push-objects", "x"], "--max-push-objects x: give a whole number from 0 to 1000000000"),
    ])
    func refusals(arguments: [String], sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try serverSettings(arguments) }
    }

    @Test func brokenPublicKeys() {
        let error = #expect(throws: ConfigurationError.self) {
            try serverSettings(["--sign-program", "s", "--sign-program-public-key", "x"])
        }
        #expect(error?.message.hasPrefix("--sign-program-public-key: ") == true)
    }

    @Test func keysWithOneName() throws {
        let keys = try ["a", "b", "a"].map { try SecretKey.generate(name: $0).publicKey }
        try SignProgramSettings.checkNames(Array(keys.prefix(2)))
        #expect(throws: ConfigurationError("two signing keys are named a; give one of them")) {
            try SignProgramSettings.checkNames(keys)
        }
    }

    @Test func shortReadTokens() throws {
        try withTemporaryDirectory { directory in
            let file = SecretFile(path: directory + "/token")
            _ = try file.contents { "short" }
            let error = #expect(throws: ConfigurationError.self) {
                try serverSettings(["--read-token-path", file.path])
            }
            #expect(error?.message.hasPrefix("--read-token-path \(file.path): the API token has 5 characters") == true)
        }
    }
}
