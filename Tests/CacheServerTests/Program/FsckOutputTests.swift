import CacheCore
import CacheServer
import Testing

@testable import niks3_server

@Suite struct FsckOutputTests {
    private let finding = FsckFinding(
        kind: .missingReferences, key: "a.narinfo", detail: "it lacks b", isRepaired: true)

    private var position: FsckPosition {
        var position = FsckPosition(FsckOptions(repairs: true))
        (position.phase, position.after) = (.bucket, "nar/x")
        (position.summary.objects, position.summary.keys) = (11, 12)
        position.summary.findings = ["missing_refs": 1, "lost": 2]
        (position.summary.damaged, position.summary.repaired) = (2, 1)
        return position
    }

    @Test func text() {
        let wording = FsckWording(json: false)
        #expect(wording.line(finding) == "missing_refs a.narinfo: it lacks b (repaired)")
        #expect(
            wording.line(position.summary)
                == "11 objects, 12 keys in the bucket (0 of uploads, 0 foreign): 2 lost, 1 missing_refs, 1 repaired; the "
                + "cache is damaged (2 not repaired)")
        #expect(wording.progress(position) == "keys: 12, findings: 3, at nar/x")
    }

    @Test func json() {
        let wording = FsckWording(json: true)
        #expect(
            wording.line(finding)
                == #"{"detail":"it lacks b","key":"a.narinfo","kind":"missing_refs","repaired":true}"#)
        #expect(
            wording.line(position.summary)
                == #"{"summary":{"damaged":2,"findings":{"lost":2,"missing_refs":1},"foreign":0,"keys":12,"nar_bytes":0,"#
                + #""nars":0,"objects":11,"repaired":1,"young":0}}"#)
    }

    @Test func positionsAreKept() throws {
        try withTemporaryDirectory { directory throws in
            let file = FsckPositionFile(path: directory + "/position")
            let options = FsckOptions(repairs: true)
            #expect(try file.position(options) == nil)
            try file.write(position)
            #expect(try file.position(options) == position)
            let other = #expect(throws: CacheError.self) { try file.position(FsckOptions()) }
            #expect(other?.message.hasPrefix("The file \(file.path) is of a check with other flags;") == true)
            try file.remove()
            #expect(try file.position(options) == nil)
            try file.remove()
        }
    }

    @Test func whatIsNoPositionIsRefused() throws {
        try withTemporaryDirectory { directory throws in
            // A file of something else.
            let file = FsckPositionFile(path: directory + "/position")
            _ = try SecretFile(path: file.path).contents { "{}" }
            let error = #expect(throws: CacheError.self) { try file.position(FsckOptions()) }
            #expect(error?.message.hasPrefix("The file \(file.path) does not say how far a check is (") == true)
        }
    }
}
