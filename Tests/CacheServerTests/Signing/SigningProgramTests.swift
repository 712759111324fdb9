import CacheCore
import CacheServer
import NarKit
import ServiceLifecycle
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Programs that hold the signing key, good ones and others.
@Suite(.timeLimit(.minutes(2))) struct SigningProgramTests {
    /// Answers the first request with what is in its variable, and later ones with nothing.
    private static let key = "0000000000000000000000000000000a.narinfo"

    private static func times(answer: Duration = .milliseconds(500)) -> SigningProgram.Times {
        var times = SigningProgram.Times()
        times.answer = answer
        times.firstRestart = .milliseconds(50)
        times.lastRestart = .milliseconds(100)
        return times
    }

    /// Runs a shell script as the signing program while `body` works with it.
    private static func run(
        script: String, keys: [PublicKey], times: SigningProgram.Times = times(), log: LogRecorder = LogRecorder(),
        _ body: @Sendable (SigningProgram) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/sign"
            try Data(("#!/bin/sh\ncd '\(directory)'\n" + script).utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            try await run(SigningProgram(path: path, publicKeys: keys, times: times, logger: log.logger), body)
        }
    }

    private static func run(
        _ program: SigningProgram, _ body: @Sendable (SigningProgram) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [program], logger: TestServer.silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(program)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Asks until the program is there.
    private static func sign(_ program: SigningProgram, _ fingerprint: String) async throws -> [String: [Signature]] {
        try await eventually("a signature") {
            do throws(CacheError) {
                return try await program.signatures(of: [key: fingerprint])
            } catch {
                guard error.message.contains("is not there") || error.message.contains("did not sign") else {
                    throw error
                }
                return nil
            }
        }
    }

    private static func error(_ program: SigningProgram) async throws -> CacheError {
        try await eventually("an answer") {
            do throws(CacheError) {
                _ = try await program.signatures(of: [key: "f"])
                return nil
            } catch {
                return error.message.contains("just being started") ? nil : error
            }
        }
    }

    /// An answer to request `id` of the shell: what it signs is known beforehand.
    private static func answering(_ key: SecretKey, _ fingerprint: String) -> String {
        let signature = key.sign(fingerprint)
        return """
            while read -r line; do
              id=$(printf '%s' "$line" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')
              echo "$line" >> asked
              printf '{"id":%s,"signatures":{"\(Self.key)":"\(signature)"}}\\n' "$id"
            done

            """
    }

    @Test func signs() async throws {
        let key = try SecretKey.generate(name: "hsm-1")
        try await Self.run(
            script: Self.answering(key, "fingerprint"), keys: [key.publicKey], times: Self.times(answer: .seconds(30))
        ) { program in
            #expect(program.publicKeys == [key.publicKey])
            for _ in 0..<3 {
                #expect(try await Self.sign(program, "fingerprint") == [Self.key: [key.sign("fingerprint")]])
            }
            // Several at once over the one process.
            try await withThrowingTaskGroup { tasks in
                for _ in 0..<20 {
                    tasks.addTask {
                        let signatures = try await program.signatures(of: [Self.key: "fingerprint"])
                        #expect(signatures.count == 1)
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await program.signatures(of: [:]) == [:])
            let asked = try String(
                contentsOfFile: program.path.replacing("/sign", with: "/asked"), encoding: .utf8
            ).split(separator: "\n")
            #expect(asked.count == 23)
            #expect(asked.first == #"{"fingerprints":{"\#(Self.key)":"ZmluZ2VycHJpbnQ="},"id":1}"#)
        }
    }

    @Test func wrongSignaturesAreNeverHandedOn() async throws {
        let (key, other) = (try SecretKey.generate(name: "hsm-1"), try SecretKey.generate(name: "hsm-1"))
        let sentence = "is no signature of its public key; check --sign-program-public-key."
        for script in [
            Self.answering(other, "f"), Self.answering(key, "another fingerprint"),
            #"while read -r line; do printf '{"id":1,"signatures":{"\#(Self.key)":"nonsense"}}\n'; done"#,
        ] {
            try await Self.run(script: script, keys: [key.publicKey]) { program in
                let error = try await Self.error(program)
                #expect(error.code == .internal)
                #expect(error.message.hasSuffix(sentence), "\(error)")
            }
        }
    }

    @Test(arguments: [
        (
            #"read -r line; echo '{"id":1,"error":"the module is locked"}'; cat > /dev/null"#,
            "did not sign: the module is locked. Try again."
        ),
        (#"read -r line; echo '{"id":1}'; cat > /dev/null"#, "did not sign: it gave no signatures. Try again."),
        (#"read -r line; exit 3"#, "did not sign: it ended with exit status 3. Try again."),
        (#"read -r line; kill -9 $$"#, "did not sign: it ended by signal 9. Try again."),
        (#"read -r line; echo nonsense; cat > /dev/null"#, "did not sign: it printed what is no answer. Try again."),
        (
            #"read -r line; echo '{"id":7,"signatures":{}}'; cat > /dev/null"#,
            "did not sign: it answered a request that there is not. Try again."
        ),
        (#"cat > /dev/null"#, "did not sign: it did not answer in time. Try again."),
        (#"read -r line; exec 1>&-; sleep 30"#, "did not sign: it ended by signal 15. Try again."),
    ])
    func failures(script: String, sentence: String) async throws {
        let key = try SecretKey.generate(name: "hsm-1")
        try await Self.run(script: script, keys: [key.publicKey]) { program in
            let error = try await Self.error(program)
            #expect(error.code == .unavailable)
            #expect(error.message == "The signing program \(program.path) \(sentence)")
        }
    }

    @Test func missingSignatures() async throws {
        let key = try SecretKey.generate(name: "hsm-1")
        let script = #"read -r line; echo '{"id":1,"signatures":{}}'; cat > /dev/null"#
        try await Self.run(script: script, keys: [key.publicKey]) { program in
            let error = try await Self.error(program)
            #expect(error.message.contains("left out the signature of \(Self.key)"))
        }
    }

    /// One that has crashed is started again, and signs.
    @Test func restarts() async throws {
        let key = try SecretKey.generate(name: "hsm-1")
        let log = LogRecorder()
        let script = "if [ ! -e crashed ]; then touch crashed; read -r line; exit 9; fi\n" + Self.answering(key, "f")
        try await Self.run(script: script, keys: [key.publicKey], log: log) { program in
            let first = try await Self.error(program)
            #expect(first.message.contains("it ended with exit status 9"))
            #expect(try await Self.sign(program, "f") == [Self.key: [key.sign("f")]])
        }
        #expect(log.text.contains("ERROR   the signing program has ended and is started again in=\"0.05 seconds\""))
    }

    @Test func programsThatAreNotThere() async throws {
        let key = try SecretKey.generate(name: "hsm-1")
        let program = SigningProgram(
            path: "/nowhere/sign", publicKeys: [key.publicKey], times: Self.times(), logger: TestServer.silent)
        try await Self.run(program) { program in
            let error = try await Self.error(program)
            #expect(error.code == .unavailable)
            #expect(
                error.message.hasPrefix("The signing program /nowhere/sign is not there: it cannot be run: "),
                "\(error)")
        }
    }

    @Test func besideKeysInFiles() async throws {
        let (local, key) = (try SecretKey.generate(name: "file-1"), try SecretKey.generate(name: "hsm-1"))
        try await Self.run(script: Self.answering(key, "f"), keys: [key.publicKey]) { program in
            _ = try await Self.sign(program, "f")
            let signer = CombinedSigner([LocalSigner(keys: [local]), program])
            #expect(signer.publicKeys == [local.publicKey, key.publicKey])
            #expect(try await signer.signatures(of: [Self.key: "f"]) == [Self.key: [local.sign("f"), key.sign("f")]])
        }
    }
}
