import CurlKit
import Foundation
import Testing

/// Against `openssl s_server`, with a certificate authority made for the occasion.
@Suite struct HTTPClientTLSTests {
    /// A directory with keys and certificates, and a server that shows what it knows of its client.
    final class Server {
        let directory: URL
        let port: Int
        private let process: Process

        init(arguments: [String]) async throws {
            directory = URL.temporaryDirectory.appending(path: "curlkit-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try await Self.run(
                """
                key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
                sign() { openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out $1.pem $2 $3; }
                key ca; key server; key client
                openssl req -x509 -new -key ca.key -subj /CN=Test-CA -days 2 -out ca.pem
                openssl req -new -key server.key -subj /CN=localhost -out server.csr
                echo subjectAltName=DNS:localhost > extensions
                sign server -extfile extensions
                openssl req -new -key client.key -subj /CN=Test-Client -out client.csr
                sign client
                """, in: directory)
            // A port that was just free.
            port = try await TestServer.run(handler: { _, _ in }) { $0.port }
            process = Self.process(
                "/usr/bin/openssl",
                ["s_server", "-accept", "\(port)", "-cert", "server.pem", "-key", "server.key", "-www"] + arguments,
                in: directory)
            try process.run()
            try await withClient { client in
                while true {
                    do throws(HTTPError) {
                        _ = try await client.execute(HTTPRequest(url: "http://localhost:\(port)/"))
                        return
                    } catch  where error.code != .connect {
                        return
                    } catch {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
            }
        }

        func file(_ name: String) -> String { directory.appending(path: name).path() }

        func stop() {
            process.terminate()
            try? FileManager.default.removeItem(at: directory)
        }

        private static func process(_ program: String, _ arguments: [String], in directory: URL) -> Process {
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            process.currentDirectoryURL = directory
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            return process
        }

        private static func run(_ script: String, in directory: URL) async throws {
            let process = process("/bin/sh", ["-ec", script], in: directory)
            let status = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do {
                    try process.run()
                } catch {
                    process.terminationHandler = nil
                    continuation.resume(throwing: error)
                }
            }
            #expect(status == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func trustsOnlyWhatItIsTold() async throws {
        let server = try await Server(arguments: [])
        defer { server.stop() }
        let url = "https://localhost:\(server.port)/"
        try await withClient { client in
            let error = await #expect(throws: HTTPError.self) { try await client.execute(HTTPRequest(url: url)) }
            #expect(error?.code == .tls)
            #expect(error?.isRetryable == false)
            #expect(error?.message.contains("the server's certificate is not trusted") == true)
        }
        try await withClient {
            $0.certificateAuthorityFile = server.file("ca.pem")
        } _: { client in
            let response = try await client.execute(HTTPRequest(url: url))
            #expect(response.status == 200)
            // The certificate is for another name.
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
            }
            #expect(error?.code == .tls)
        }
        try await withClient {
            $0.certificateAuthorityFile = "/nonexistent/ca.pem"
        } _: { client in
            let error = await #expect(throws: HTTPError.self) { try await client.execute(HTTPRequest(url: url)) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains("the file of trusted certificates cannot be read") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func showsItsCertificate() async throws {
        let server = try await Server(arguments: ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"])
        defer { server.stop() }
        let url = "https://localhost:\(server.port)/"
        try await withClient {
            $0.certificateAuthorityFile = server.file("ca.pem")
            $0.clientCertificateFile = server.file("client.pem")
            $0.clientKeyFile = server.file("client.key")
        } _: { client in
            let response = try await client.execute(HTTPRequest(url: url))
            let page = String(decoding: try await response.body.collect(upTo: 100_000), as: UTF8.self)
            #expect(page.contains("Test-Client"))
        }
        try await withClient {
            $0.certificateAuthorityFile = server.file("ca.pem")
        } _: { client in
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(url: url)).body.collect(upTo: 100_000)
            }
            #expect([HTTPError.Code.tls, .connectionLost].contains(error?.code))
        }
        try await withClient {
            $0.certificateAuthorityFile = server.file("ca.pem")
            $0.clientCertificateFile = server.file("client.pem")
            $0.clientKeyFile = server.file("server.key")
        } _: { client in
            let error = await #expect(throws: HTTPError.self) { try await client.execute(HTTPRequest(url: url)) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains("the client's certificate cannot be used") == true)
        }
    }
}
