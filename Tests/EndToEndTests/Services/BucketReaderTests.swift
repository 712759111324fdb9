import CurlKit
import Foundation
import NarKit
import S3Kit
import TestServices
import Testing

extension EndToEnd {
    /// Buckets that others have written, and buckets that are read without a server.
    @Suite(.serialized)
    struct BucketReaders {
        /// Has Nix write a cache, and puts it into the bucket as other tools do: narinfos and listings compressed.
        private func fill(_ bucket: Bucket, with path: String, of nix: NixSandbox) async throws -> String {
            let key = try await nix.command(["nix", "key", "generate-secret", "--key-name", "other-1"]).succeed().line
            let keyPath = try nix.root.file("other-key", key)
            let cache = nix.root.path + "/other-cache"
            try await nix.command([
                "nix", "copy", "--to", "file://\(cache)?compression=zstd&write-nar-listing=1&secret-key=\(keyPath)",
                path,
            ]).succeed()
            let files = try #require(FileManager.default.enumerator(atPath: cache))
            // Directories and nix-cache-info, which is the server's, have no dot.
            for case let name as String in Array(files) where name.contains(".") {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: cache + "/" + name)))
                switch name {
                case let name where name.hasSuffix(".narinfo"):
                    try await bucket.client.put(
                        try Compression.compress(bytes, format: .zstd), to: name,
                        options: S3PutOptions(contentType: "text/x-nix-narinfo", contentEncoding: "zstd"))
                case let name where name.hasSuffix(".ls"):
                    try await bucket.client.put(
                        try Compression.compress(bytes, format: .zstd), to: name,
                        options: S3PutOptions(contentType: "application/octet-stream", contentEncoding: "zstd"))
                default:
                    try await bucket.client.put(
                        bytes, to: name, options: S3PutOptions(contentType: "application/octet-stream"))
                }
            }
            return try await nix.command(["sh", "-c", "nix key convert-secret-to-public < \(keyPath)"]).succeed().line
        }

        @Test("a bucket that other tools wrote, with compressed narinfos, is read through the server by Nix")
        func foreignBucket() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(
                """
                let library = mk "library" "mkdir -p $out/lib; seq 10000 > $out/lib/numbers";
                in mk "program" "mkdir $out; ln -s ${library} $out/library"
                """)
            let storage = try await ServiceStorage(for: nix)
            let key = try await fill(storage.bucket, with: path, of: nix)
            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                let store = try FetchedStore(beside: nix)
                let fetched = try await store.fetch([path], from: server.url, trusting: key)
                #expect(fetched.status == 0, "\(fetched.transcript)")
                try await store.verify()

                let narInfo = try await Web.send("GET", "\(server.url)/\(try path.narInfoKey)")
                #expect(narInfo.text.hasPrefix("StorePath: \(path)\n"))
                #expect(narInfo.headers["Content-Encoding"] == nil)
                #expect(narInfo.headers["Content-Type"] == "text/x-nix-narinfo")
                let listingURL = "\(server.url)/\(try path.narInfoKey)".replacing(".narinfo", with: ".ls")
                let plain = try await Web.send("GET", listingURL)
                #expect(plain.text.contains(#""type":"symlink""#))
                let compressed = try await Web.send("GET", listingURL, headers: ["Accept-Encoding": "zstd"])
                #expect(compressed.headers["Content-Encoding"] == "zstd")
                #expect(
                    try Decompression.decompress(compressed.body, format: .zstd, limit: 1 << 20) == plain.body)
            }
        }

        @Test("a public bucket is read by Nix itself over plain HTTP, all but what is not published yet")
        func publicBucket() async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildPartsAndPiece()
            let storage = try await ServiceStorage(for: nix)
            let bucket = storage.bucket
            // Not a denial of pending/*, which would bind the server too.
            try await bucket.setPolicy(
                """
                {"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","NotResource":"arn:aws:s3:::\(bucket.name)/pending/*"},
                {"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::\(bucket.name)"}]}
                """)
            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                try await nix.push([path], to: server).succeed()
                let store = try FetchedStore(beside: nix)
                let fetched = try await store.fetch([path], from: bucket.url, trusting: try await server.publicKey())
                #expect(fetched.status == 0, "\(fetched.transcript)")
                try await store.verify()

                #expect(try await Web.send("GET", bucket.url + "/nix-cache-info").status == 200)
                #expect(
                    try await Web.send("GET", "\(bucket.url)/\(SampleClosure(narSize: 1).narInfoKey)").status == 404)
                let staged = "pending/1/\(try path.narInfoKey)"
                try await bucket.client.put(Array("staged".utf8), to: staged)
                #expect(try await Web.send("GET", "\(bucket.url)/\(staged)").status == 403)
                // Nor does anybody write there.
                #expect(try await Web.send("PUT", "\(bucket.url)/\(try path.narInfoKey)", body: [1]).status == 403)
            }
        }
    }
}
