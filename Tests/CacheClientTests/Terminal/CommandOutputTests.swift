import CacheClient
import CacheCore
import NarKit
import Testing

@testable import niks3

/// What commands print on standard output.
@Suite struct CommandOutputTests {
    @Test("each event that matters is a line of JSON")
    func events() throws {
        let path = try storePath("1", "path")
        let name = path.path(in: .standard)
        let lines: [(PushEvent, String?)] = [
            (.connected, #"{"event":"connected"}"#),
            (.planned(paths: 3, narBytes: 500), #"{"event":"planned","nar_bytes":500,"paths":3}"#),
            (
                .compared(newPaths: 2, nars: 1, narBytes: 400),
                #"{"event":"compared","nar_bytes":400,"nars":1,"new_paths":2}"#
            ),
            (.started(path, narBytes: 400), #"{"event":"started","nar_bytes":400,"path":"\#(name)"}"#),
            (.read(1), nil), (.sent(1), nil), (.kept(1), nil),
            (
                .finished(path, narBytes: 400, compressedBytes: 90),
                #"{"compressed_bytes":90,"event":"finished","nar_bytes":400,"path":"\#(name)"}"#
            ),
            (.warning("a \"b\""), #"{"event":"warning","message":"a \"b\""}"#),
        ]
        for (event, line) in lines {
            #expect(JSONLine(event, in: .standard)?.text == line.map { $0 + "\n" })
        }
    }

    @Test("the last line sums up")
    func summary() {
        var summary = PushSummary()
        summary.newPaths = 2
        summary.cachedPaths = 1
        summary.upstreamPaths = 4
        summary.bytesSent = 1000
        summary.bytesKept = 7 << 20
        summary.duration = .milliseconds(1250)
        #expect(
            JSONLine(summary).text
                == #"{"bytes_kept":7340032,"bytes_read":0,"bytes_sent":1000,"cached_paths":1,"event":"summary","#
                + #""new_paths":2,"seconds":1.25,"skipped_paths":0,"upstream_paths":4}"# + "\n")
        #expect(
            summary.text
                == "Pushed 2 paths, 1 already in the cache, 4 at other substituters: read 0 B, sent 1000 B, 7.0 MiB sent "
                + "before in 1.3 s.")
    }

    @Test("a dry run sums up too")
    func preview() throws {
        let info = PathInfo(storePath: try storePath("1", "path"), narHash: .sha256(of: [UInt8]()), narSize: 2048)
        let preview = PushPreview(newPaths: [info], cachedPaths: 3, upstreamPaths: 2)
        #expect(
            preview.text == "Would push 1 path with 2.0 KiB; 3 already in the cache, 2 at other substituters.")
    }

    @Test("a status in full, and one that says little")
    func status() throws {
        let server = try ServerURL("https://niks3.example.org")
        let full = ServerStatus(
            configuration: CacheConfiguration(
                substituterURL: "https://cache.example.org", publicKeys: ["a:x", "b:y"], maximumNarSize: 1 << 30),
            statistics: CacheStatistics(objects: 1, logicalBytes: 2048), problem: "the database does not answer",
            isAuthorized: false)
        #expect(
            full.text(of: server) == """
                Server       https://niks3.example.org, not ready: the database does not answer
                Cache        https://cache.example.org
                Public key   a:x
                Public key   b:y
                Holds        1 object, 2.0 KiB
                Largest NAR  1.0 GiB
                Token        refused

                """)
        let short = ServerStatus(configuration: CacheConfiguration(substituterURL: "", publicKeys: []))
        #expect(
            short.text(of: server) == """
                Server       https://niks3.example.org, ready
                Cache        https://niks3.example.org
                Public key   none: paths are not signed

                """)
    }
}
