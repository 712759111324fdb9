import CacheCore
import CurlKit
import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// The requests of clients in the field, as they send them.
    @Suite(.serialized)
    struct OlderClients {
        /// A store path as such a client sees it.
        private struct Path {
            let storePath: String
            let narHash: NixHash
            let narSize: Int
            let references: [String]
            let deriver: String
            /// The NAR, compressed.
            let nar: [UInt8]

            var hashPart: Substring { (storePath as NSString).lastPathComponent.prefix(32)[...] }
            var narKey: String { "nar/\(narHash.nix32).nar.zst" }
            var listing: String { #"{"version":1,"root":{"type":"regular","size":6,"narOffset":96}}"# }

            init(_ path: String, of nix: NixSandbox) async throws {
                struct Info: Decodable {
                    let narHash: String
                    let narSize: Int
                    let references: [String]
                    let deriver: String
                }
                let json = try await nix.command(["nix", "path-info", "--json", path]).succeed().line
                let info = try #require(try JSONDecoder().decode([Info].self, from: Data(json.utf8)).first)
                storePath = path
                narHash = try NixHash(parsing: info.narHash)
                narSize = info.narSize
                references = info.references.sorted()
                deriver = info.deriver
                let file = nix.root.path + "/dump.zst"
                try await nix.command(["sh", "-c", "nix-store --dump \(path) | zstd -q -f -o \(file)"]).succeed()
                nar = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            }

            /// What the create request says of it.
            func objects(in nix: NixSandbox) -> String {
                let names = references.map { #""\#(($0 as NSString).lastPathComponent.prefix(32)).narinfo""# }
                let refs = ([#""\#(narKey)""#, #""\#(hashPart).ls""#] + names).joined(separator: ",")
                return """
                    {"key":"\(hashPart).narinfo","type":"narinfo","refs":[\(refs)]},\
                    {"key":"\(narKey)","type":"nar","refs":null,"nar_size":\(narSize)},\
                    {"key":"\(hashPart).ls","type":"listing","refs":null}
                    """
            }

            /// What the sign request says of it.
            var signing: String {
                """
                "\(hashPart).narinfo":{"store_path":"\(storePath)","url":"\(narKey)","compression":"zstd",\
                "nar_hash":"\(narHash)","nar_size":\(narSize),\
                "references":[\(references.map { "\"\($0)\"" }.joined(separator: ","))],"deriver":"\(deriver)"}
                """
            }

            func narInfo(signatures: [String]) -> String {
                let names = references.map { ($0 as NSString).lastPathComponent }.joined(separator: " ")
                let lines = [
                    "StorePath: \(storePath)", "URL: \(narKey)", "Compression: zstd", "NarHash: \(narHash)",
                    "NarSize: \(narSize)", "References: \(names)",
                    "Deriver: \((deriver as NSString).lastPathComponent)",
                ]
                return (lines + signatures.map { "Sig: \($0)" }).joined(separator: "\n") + "\n"
            }
        }

        @Test(
            "a whole push as older clients make it: every NAR in parts, or small ones in one piece",
            arguments: Deployment.allCases, [false, true])
        func push(on deployment: Deployment, narSinglePut: Bool) async throws {
            let nix = try NixSandbox()
            let top = try await nix.build(
                """
                let library = mk "library" "echo built; echo hello > $out";
                in mk "program" "echo ${library} > $out"
                """)
            let paths = try await nix.closure(of: top)
            try await RunningServer.run(
                for: nix, on: try await deployment.storage(for: nix), arguments: ["--nar-single-put=\(narSinglePut)"]
            ) { server in
                var closure: [Path] = []
                for path in paths { closure.append(try await Path(path, of: nix)) }
                let topHash = (top as NSString).lastPathComponent.prefix(32)
                let log = try #require(closure.last?.deriver as NSString?).lastPathComponent
                let created = try await server.call(
                    "POST", "/api/pending_closures",
                    json: """
                        {"closure":"\(topHash).narinfo","objects":[\
                        \(closure.map { $0.objects(in: nix) }.joined(separator: ",")),\
                        {"key":"log/\(log)","type":"build_log","refs":null}],"verify_s3":false}
                        """)
                try #require(created.status == 200, "\(created.text)")
                let answer = try CreateUploadResponse.decode(created.body)
                #expect(answer.pendingObjects.count == 3 * closure.count + 1)
                for path in closure {
                    try await send(path, as: answer.pendingObjects[path.narKey], to: server)
                    try await put(
                        try Compression.compress(Array(path.listing.utf8), format: .zstd),
                        to: answer.pendingObjects["\(path.hashPart).ls"], type: "application/octet-stream",
                        encoding: "zstd", accepting: [200, 204])
                }
                try await put(
                    try Compression.compress(Array("built\n".utf8), format: .zstd),
                    to: answer.pendingObjects["log/\(log)"], type: "text/plain; charset=utf-8", encoding: "zstd",
                    accepting: [200, 201, 204])

                let steps = "/api/pending_closures/\(answer.id)"
                let signed = try await server.call(
                    "POST", steps + "/sign",
                    json: #"{"narinfos":{\#(closure.map(\.signing).joined(separator: ","))}}"#)
                try #require(signed.status == 200, "\(signed.text)")
                let signatures = try SignResponse.decode(signed.body)
                #expect(signatures.publishedByServer == nil)
                for path in closure {
                    let key = "\(path.hashPart).narinfo"
                    let text = path.narInfo(signatures: try #require(signatures.signatures[key]))
                    try await put(
                        try Compression.compress(Array(text.utf8), format: .zstd), to: answer.pendingObjects[key],
                        type: "text/x-nix-narinfo", encoding: "zstd", accepting: Set(200..<300))
                }
                let completed = try await server.call("POST", steps + "/complete")
                #expect(completed.status == 204, "\(completed.text)")

                try await nix.expectWhole(top, in: server)
                let readLog = try await Web.send("GET", "\(server.url)/log/\(log)")
                #expect(readLog.text == "built\n")
                let staged = try await server.storage.objects().filter { $0.hasPrefix("pending/") }
                #expect(staged == [])
            }
        }

        /// Sends a NAR in the way that the server wants.
        private func send(_ path: Path, as pending: PendingObject?, to server: RunningServer) async throws {
            let pending = try #require(pending)
            guard let upload = pending.multipart else {
                try await put(
                    path.nar, to: pending, type: "application/octet-stream", encoding: nil, accepting: [200, 204])
                let noted = try await server.call(
                    "POST", "/api/uploads/complete", json: #"{"object_key":"\#(path.narKey)"}"#)
                #expect(noted.status == 204, "\(noted.text)")
                return
            }
            let part = try await Web.send(
                "PUT", try #require(upload.partURLs.first), headers: ["Content-Type": "application/octet-stream"],
                body: path.nar)
            #expect([200, 201, 204].contains(part.status), "\(part.text)")
            let etag = try #require(part.headers["ETag"]).replacing("\"", with: "")
            let completed = try await server.call(
                "POST", "/api/multipart/complete",
                json: """
                    {"object_key":"\(path.narKey)","upload_id":"\(upload.uploadID)","parts":[{"part_number":1,"etag":"\(etag)"}]}
                    """)
            #expect(completed.status == 204, "\(completed.text)")
        }

        private func put(
            _ bytes: [UInt8], to pending: PendingObject?, type: String, encoding: String?, accepting statuses: Set<Int>
        ) async throws {
            let url = try #require(pending?.presignedURL)
            var headers: HTTPHeaders = ["Content-Type": type]
            if let encoding { headers.append(name: "Content-Encoding", value: encoding) }
            let reply = try await Web.send("PUT", url, headers: headers, body: bytes)
            #expect(statuses.contains(reply.status), "\(reply.text)")
        }
    }
}
