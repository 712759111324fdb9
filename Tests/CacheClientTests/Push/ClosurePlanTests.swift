import CacheCore
import NarKit
import Testing

@testable import CacheClient

@Suite struct ClosurePlanTests {
    private let first: StorePath
    private let second: StorePath
    private let third: StorePath
    private let plan: ClosurePlan

    init() throws {
        first = try storePath("1", "first")
        second = try storePath("2", "second")
        third = try storePath("3", "third")
        let deriver = try storePath("9", "first.drv")
        let shared = NixHash.sha256(of: [1])
        let id = try Realisation.ID(parsing: "sha256:\(String(repeating: "a", count: 64))!out")
        plan = ClosurePlan(
            roots: [third, first, third],
            closure: [
                PathInfo(storePath: first, narHash: shared, narSize: 120, references: [first], deriver: deriver),
                PathInfo(storePath: second, narHash: shared, narSize: 120, references: [first], deriver: deriver),
                PathInfo(
                    storePath: third, narHash: .sha256(of: [3]), narSize: 5_000_000_000,
                    references: [second, third, first],
                    signatures: [try Signature(parsing: FakeCache.signature)],
                    contentAddress: try ContentAddress(method: .nar, hash: .sha256(of: [3]))),
            ],
            realisations: [Realisation(id: id, outPath: third)],
            buildLogs: [deriver: BuildLogFile(path: "/log", format: .bzip2)])
    }

    private func json(_ request: some APIMessage) throws -> String {
        String(decoding: try request.encoded(), as: UTF8.self)
    }

    private let one = String(repeating: "1", count: 32)
    private let two = String(repeating: "2", count: 32)
    private let three = String(repeating: "3", count: 32)
    private let realisation = "realisations/sha256:\(String(repeating: "a", count: 64))!out.doi"
    private let log = "log/\(String(repeating: "9", count: 32))-first.drv"
    private let sharedNar = "nar/\(NixHash.sha256(of: [1]).nix32).nar.zst"
    private let thirdNar = "nar/\(NixHash.sha256(of: [3]).nix32).nar.zst"

    @Test("the request lists each object once, with what it refers to")
    func request() throws {
        #expect(
            try json(CreateUploadRequest(roots: plan.roots, objects: plan.objects)) == #"{"objects":["#
                + #"{"key":"\#(one).narinfo","refs":["\#(sharedNar)","\#(one).ls"],"type":"narinfo"},"#
                + #"{"key":"\#(sharedNar)","nar_size":120,"refs":[],"type":"nar"},"#
                + #"{"key":"\#(one).ls","refs":[],"type":"listing"},"#
                + #"{"key":"\#(log)","refs":[],"type":"build_log"},"#
                + #"{"key":"\#(two).narinfo","refs":["\#(sharedNar)","\#(two).ls","\#(one).narinfo"],"type":"narinfo"},"#
                + #"{"key":"\#(two).ls","refs":[],"type":"listing"},"#
                + #"{"key":"\#(three).narinfo","refs":["\#(thirdNar)","\#(three).ls","\#(one).narinfo","#
                + #""\#(two).narinfo","\#(realisation)"],"type":"narinfo"},"#
                + #"{"key":"\#(thirdNar)","nar_size":5000000000,"refs":[],"type":"nar"},"#
                + #"{"key":"\#(three).ls","refs":[],"type":"listing"},"#
                + #"{"key":"\#(realisation)","refs":[],"type":"realisation"}],"#
                + #""roots":["\#(three).narinfo","\#(one).narinfo"]}"#)
    }

    @Test("a part of the plan holds what its roots reach, and not what is present")
    func restricted() {
        let part = plan.restricted(to: ["\(two).narinfo"])
        #expect(part.roots == ["\(two).narinfo"])
        #expect(part.paths.map(\.info.storePath) == [first, second])
        #expect(part.realisations.isEmpty)
        #expect(Array(part.buildLogs.keys) == [log])
        let rest = plan.restricted(to: plan.roots, without: ["\(one).narinfo"])
        #expect(rest.roots == ["\(three).narinfo"])
        #expect(rest.paths.map(\.info.storePath) == [second, third])
        #expect(plan.restricted(to: plan.roots, without: Set(plan.roots)).paths.isEmpty)
    }

    @Test("a narinfo is described for signing with full paths and what Nix knows of it")
    func signing() throws {
        let path = try #require(plan.paths.last).signNarInfo(in: .standard)
        let hash = NixHash.sha256(of: [3])
        #expect(
            try json(SignRequest(narinfos: ["\(three).narinfo": path], publish: true))
                == #"{"narinfos":{"\#(three).narinfo":{"#
                + #""ca":"fixed:r:\#(hash)","compression":"zstd","nar_hash":"\#(hash)","nar_size":5000000000,"#
                + #""references":["/nix/store/\#(first)","/nix/store/\#(second)","/nix/store/\#(third)"],"#
                + #""signatures":["\#(FakeCache.signature)"],"store_path":"/nix/store/\#(third)","#
                + #""url":"\#(thirdNar)"}},"publish":true}"#)
    }

    @Test("what is referred to comes in an earlier layer; circles share one or are cut")
    func layers() throws {
        let keys = Set(plan.paths.map(\.narinfoKey))
        #expect(plan.layers(of: keys).map { $0.map(\.info.storePath) } == [[first], [second], [third]])
        #expect(
            plan.layers(of: ["\(one).narinfo", "\(three).narinfo"]).map { $0.map(\.info.storePath) } == [
                [first], [third],
            ])
        #expect(plan.layers(of: []).isEmpty)
    }

    @Test("a closure as deep as it is large is put in order without deep recursion")
    func deepLayers() throws {
        let digits = Array("0123456789abcdfghijklmnpqrsvwxyz")
        let paths = try (0..<20_000).map { index in
            let suffix = String([15, 10, 5, 0].map { digits[index >> $0 & 31] })
            return try StorePath(baseName: String(repeating: "0", count: 28) + suffix + "-path")
        }
        let closure = paths.indices.map { index in
            PathInfo(
                storePath: paths[index], narHash: .sha256(of: []), narSize: 1,
                references: index + 1 < paths.count ? [paths[index + 1]] : [])
        }
        let deep = ClosurePlan(roots: [paths[0]], closure: closure)
        let layers = deep.layers(of: Set(deep.paths.map(\.narinfoKey)))
        #expect(layers.map { $0.map(\.info.storePath) } == paths.reversed().map { [$0] })
    }
}
