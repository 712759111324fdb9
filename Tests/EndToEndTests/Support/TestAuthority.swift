import Foundation

/// A certificate authority, made by openssl.
struct TestAuthority: Sendable {
    /// A certificate and its key, in files.
    struct Files: Sendable {
        let certificate: String
        let key: String
    }

    private let directory: String
    private let nix: NixSandbox

    /// Its own certificate, in a file.
    var certificate: String { directory + "/authority.pem" }

    init(_ name: String, in nix: NixSandbox) async throws {
        self.nix = nix
        directory = try nix.root.directory(name)
        try await openssl(
            ["req", "-x509"] + Self.newKey + ["-keyout", "authority.key", "-out", "authority.pem", "-days", "2"]
                + ["-subj", "/CN=\(name)"])
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - subject: with its least specific part first, as `/O=Acme/CN=ci`.
    ///   - extensions: as openssl's files name them.
    func issue(_ name: String, subject: String, extensions: String) async throws -> Files {
        try nix.root.file("\(directory.dropFirst(nix.root.path.count + 1))/\(name).ext", extensions + "\n")
        try await openssl(
            ["req", "-new"] + Self.newKey + ["-keyout", "\(name).key", "-out", "\(name).csr", "-subj", subject])
        try await openssl(
            ["x509", "-req", "-in", "\(name).csr", "-CA", "authority.pem", "-CAkey", "authority.key"]
                + ["-CAcreateserial", "-days", "2", "-extfile", "\(name).ext", "-out", "\(name).pem"])
        return Files(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func openssl(_ words: [String]) async throws {
        var command = nix.command(["openssl"] + words)
        command.directory = directory
        try await command.succeed()
    }
}
