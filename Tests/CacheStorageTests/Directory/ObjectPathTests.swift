import CacheCore
import Testing

@testable import CacheStorage

@Suite struct ObjectPathTests {
    @Test(arguments: [
        ("0c0b.narinfo", "0c/0c0b.narinfo", 1),
        ("a", "a/a", 1),
        ("nix-cache-info", "ni/nix-cache-info", 1),
        ("nar/1x2y.nar.zst", "na/nar@/1x/1x2y.nar.zst", 3),
        ("log/0c0b-x.drv", "lo/log@/0c/0c0b-x.drv", 3),
        ("realisations/sha256:ab12!out.doi", "re/realisations@/sha256:ab/sha256:ab12!out.doi", 3),
        ("build-trace-v2/0c0b-x.drv/out.doi", "bu/build-trace-v2@/0c/0c0b-x.drv@/out.doi", 3),
        ("pending/17/0c0b.narinfo", "pe/pending@/17@/0c0b.narinfo", 2),
        ("pending/17/nar/x", "pe/pending@/17@/nar@/x", 2),
        ("pins/main", "pi/pins@/main", 1),
        ("a/b", "a%2F/a@/b", 1),
        ("..", "%2E%2E/%2E%2E", 1),
        ("../x", "%2E%2E/%2E%2E@/x", 1),
        ("./x", ".%2F/%2E@/x", 1),
        ("nar/../x", "na/nar@/%2E%2E/%2E%2E@/x", 3),
        ("nar/.", "na/nar@/%2E/%2E", 3),
        ("a//", "a%2F/a@/%@/%", 1),
        ("/", "%2F/%@/%", 1),
        ("at@", "at/at%40", 1),
        ("a b%\u{0}\n", "a%20/a%20b%25%00%0A", 1),
        ("é", "%C3%A9/%C3%A9", 1),
    ])
    func placesKeys(key: String, path: String, permanentDepth: Int) throws {
        let object = try ObjectPath(key)
        #expect(object.file(in: "root") == "root/\(path)")
        #expect(object.permanentDepth == permanentDepth)
        #expect(object.directory(depth: 1, in: "root") == "root/" + path.prefix { $0 != "/" })
    }

    /// Whatever a key holds, it stays below the root, and no name is too long for a file system.
    @Test func staysBelowTheRoot() throws {
        let pieces = ["", ".", "..", "/", "a", "@", "%", "%2e", "\u{0}", "ü", "narinfo", "nar/", "pending/"]
        var seen: [String: String] = [:]
        for first in pieces {
            for second in pieces {
                for third in pieces where !(first + second + third).isEmpty {
                    let key = first + second + third
                    let path = try ObjectPath(key)
                    let names = path.directories + [path.name]
                    #expect(
                        !names.contains { ["", ".", ".."].contains($0) || $0.contains("/") || $0.contains("\u{0}") })
                    #expect(seen.updateValue(key, forKey: path.file(in: "")) ?? key == key)
                }
            }
        }
    }

    @Test(arguments: [
        ("", "A key has 1 to 1024 bytes, not 0."),
        (String(repeating: "k/", count: 513), "A key has 1 to 1024 bytes, not 1026."),
        (
            "log/" + String(repeating: "k", count: 255),
            "log/" + String(repeating: "k", count: 255)
                + " has a part between slashes that is longer than file names can be: shorten it, or use S3."
        ),
    ])
    func refusesKeys(key: String, message: String) throws {
        let error = #expect(throws: ObjectStoreError.self) { try ObjectPath(key) }
        #expect(error?.message == message)
    }

    @Test func takesTheLongestNames() throws {
        #expect(try ObjectPath("log/" + String(repeating: "k", count: 254)).name.utf8.count == 254)
    }

    @Test(
        arguments: [
            [], [0x2E], [0x2E, 0x2E], [0x2E, 0x2E, 0x2E], Array(0...255), [0x25], [0x40], Array("plain-1.2_3~!".utf8),
        ] as [[UInt8]])
    func escapesBytes(_ bytes: [UInt8]) {
        let name = PathEscaping.escape(bytes)
        #expect(name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x40 })
        #expect(PathEscaping.unescape(name.utf8) == bytes)
    }

    @Test(arguments: ["", "%2", "%zz", "%2e", "a/b", "a@", "a b", "%%"])
    func refusesForeignNames(_ name: String) {
        #expect(PathEscaping.unescape(name.utf8) == nil)
    }
}
