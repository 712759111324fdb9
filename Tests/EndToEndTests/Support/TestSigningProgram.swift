import Foundation

/// A program that signs with a key of openssl's, as one in front of a hardware module would.
struct TestSigningProgram: Sendable {
    let path: String
    let publicKey: String
    private let processFile: String

    /// What a server is called with to use it.
    var arguments: [String] { ["--sign-program", path, "--sign-program-public-key", publicKey] }

    /// The process that runs.
    var processID: Int32 {
        get throws {
            let text = try String(contentsOfFile: processFile, encoding: .utf8)
            guard let number = Int32(text) else { throw CocoaError(.fileReadCorruptFile) }
            return number
        }
    }

    init(in nix: NixSandbox) async throws {
        let key = nix.root.path + "/module.key"
        try await nix.command(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key]).succeed()
        // The last 32 bytes of its form in DER are the key.
        publicKey = try await nix.command(
            ["sh", "-c", "printf module-1:; openssl pkey -in \(key) -pubout -outform DER | tail -c 32 | base64"]
        ).succeed().line
        processFile = nix.root.path + "/module.pid"
        path = try nix.root.file(
            "module",
            """
            #!/usr/bin/env python3
            import base64, json, os, subprocess, sys, tempfile

            with open("\(processFile)", "w") as file:
                file.write(str(os.getpid()))
            for line in sys.stdin:
                request = json.loads(line)
                signatures = {}
                for key, fingerprint in request["fingerprints"].items():
                    with tempfile.NamedTemporaryFile() as file:
                        file.write(base64.b64decode(fingerprint))
                        file.flush()
                        signature = subprocess.run(
                            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "\(key)", "-in", file.name],
                            check=True, stdout=subprocess.PIPE).stdout
                    signatures[key] = "module-1:" + base64.b64encode(signature).decode()
                print(json.dumps({"id": request["id"], "signatures": signatures}), flush=True)

            """)
        chmod(path, 0o700)
    }
}
