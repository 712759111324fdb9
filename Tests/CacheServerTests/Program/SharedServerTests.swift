import Subprocess
import CacheCore
import CacheServer
import CurlKit
import NarKit
import S3Kit
import TestServices
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The program with a real PostgreSQL and a real S3 service.
@Suite(.timeLimit(.minutes(10))) struct SharedServerTests {
    static let token = String(repeating: "t", count: 36)

    @Test func servesWhatIsPushed() async throws {
        try await SharedServices.run { services in
            try await services.client.put(
                try Compression.compress(Array("of another tool".utf8), format: .zstd),
                to: "\(String(repeating: "0", count: 32)).narinfo",
                options: S3PutOptions(contentType: "text/x-nix-narinfo", contentEncoding: "zstd"))
            let end = try await ServerProcess.run(
                services.arguments + [
                    "--cache-url", "https://c.example", "--cache-priority", "35", "--enable-read-proxy",
                ]
            ) { server in
                let http = HTTPCalls(port: try await server.port(), client: services.http)
                let path = SamplePath("shared")
                try await http.push(path)
                let narInfo = try await http.get("/" + path.narInfoKey)
                #expect(narInfo.status == 200)
                #expect(narInfo.text == path.narInfo)
                #expect(try await http.get("/" + path.narKey).text == String(decoding: path.nar, as: UTF8.self))
                let other = try await http.get("/\(String(repeating: "0", count: 32)).narinfo")
                #expect(other.text == "of another tool")
                #expect(other.headers["Content-Encoding"] == nil)
                let tag = try #require(narInfo.headers["ETag"])
                #expect(try await http.get("/" + path.narInfoKey, [("If-None-Match", tag)]).status == 304)
                let part = try await http.get("/" + path.narKey, [("Range", "bytes=4-6")])
                #expect(part.status == 206)
                #expect(part.text == "NAR")
                #expect(
                    try await http.get("/nix-cache-info").text
                        == "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 35\n")
                #expect(try await http.get("/index.html").text.contains("https://c.example"))
            }
            #expect(end.status == .exited(0))
            // Nothing was signed, and that is said.
            #expect(end.log.contains(" WARNING nothing is signed here: "))
            #expect(try await services.client.head("nix-cache-info")?.contentType == "text/x-nix-cache-info")
            #expect(try await services.client.head("index.html")?.contentType == "text/html; charset=utf-8")
        }
    }

    @Test func outlivesOutages() async throws {
        let (postgres, s3) = (PostgresService(), S3Service())
        try await SharedServices.run(postgres: postgres, s3: s3) { services in
            let end = try await ServerProcess.run(services.arguments) { server in
                let http = HTTPCalls(port: try await server.port(), client: services.http)
                #expect(try await http.get("/readyz").text == "OK")
                try await s3.pause()
                let withoutS3 = try await eventually("an answer that is not OK") {
                    let answer = try await http.get("/readyz")
                    return answer.status == 200 ? nil : answer
                }
                #expect(withoutS3.status == 503)
                #expect(withoutS3.text.hasPrefix("The object store does not answer: "))
                try await s3.resume()
                try await eventually("the object store") { try await http.get("/readyz").status == 200 ? () : nil }
                try await postgres.kill()
                let withoutDatabase = try await http.get("/readyz")
                #expect(withoutDatabase.status == 503)
                #expect(withoutDatabase.text.hasPrefix("The database does not answer: "))
                try await postgres.resume()
                try await eventually("the database") { try await http.get("/readyz").status == 200 ? () : nil }
                try await http.push(SamplePath("after-the-outages"))
            }
            #expect(end.status == .exited(0))
        }
        try await postgres.stop()
        try await s3.stop()
    }

    @Test func warnsOfVersions() async throws {
        try await SharedServices.run { services in
            try await services.enableVersioning()
            let end = try await ServerProcess.run(services.arguments) { server in _ = try await server.port() }
            #expect(
                end.log.contains(
                    " has or had versioning: what is deleted stays, and is paid for; give it a lifecycle rule"))
            #expect(end.status == .exited(0))
        }
    }

    @Test func saysWhatKeepsItFromStarting() async throws {
        try await SharedServices.run { services in
            let table: [([String], [String])] = [
                (
                    ["--db", "host=/nowhere dbname=x"],
                    [
                        "niks3-server: The database x at /nowhere cannot be reached (",
                        "check that PostgreSQL runs there",
                    ]
                ),
                (
                    ["--s3-bucket", "no-such-bucket"],
                    [
                        "niks3-server: the bucket cannot be used: ", "NoSuchBucket",
                        "create the bucket, or correct its name",
                    ]
                ),
                (
                    ["--s3-secret-key", "wrong"],
                    ["niks3-server: the bucket cannot be used: ", "SignatureDoesNotMatch", "check the secret key"]
                ),
                (
                    ["--s3-endpoint", "http://127.0.0.1:1"],
                    ["niks3-server: the bucket cannot be used: ", "127.0.0.1:1"]
                ),
            ]
            for (flags, parts) in table {
                let end = try await ServerProcess.runToItsEnd(services.arguments + flags)
                #expect(end.status == .exited(1), "\(flags)")
                for part in parts { #expect(end.log.contains(part), "\(end.log)") }
                #expect(end.log.split(separator: "\n").count == 1, "\(end.log)")
                #expect(!end.log.contains(S3Service.secretAccessKey))
            }
        }
    }
}
