import CacheCore
import NarKit
import TestServices
import Testing

@Suite("A check")
struct FsckTests {
    static let library = TestPackage("library")
    static let tool = TestPackage("tool", [library], refersToItself: true, log: true, realised: true)
    static let other = TestPackage("other")

    /// Two closures, one of which has everything that a closure can have.
    private func soundFixture(_ kind: MetadataKind) async throws -> CacheFixture {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        try await fixture.push(Self.other)
        // What was written is not on its way any more.
        fixture.clock.advance(by: .seconds(180))
        return fixture
    }

    @Test("finds nothing in a sound cache", arguments: MetadataKind.allCases, [1, 3, 1000])
    func sound(kind: MetadataKind, pageSize: Int) async throws {
        let fixture = try await soundFixture(kind)
        fixture.bucket["nix-cache-info"] = .init(bytes: [1])
        fixture.bucket["README"] = .init(bytes: [1])
        for repairs in [false, true] {
            let result = try await fixture.fsck(repairs: repairs, pageSize: pageSize)
            #expect(result.findings == [])
            var summary = FsckSummary()
            summary.objects = 11
            summary.keys = 13
            summary.foreign = 1
            #expect(result.summary == summary)
            #expect(result.summary.isSound)
        }
        for key in ["nix-cache-info", "README"] { fixture.bucket[key] = nil }
        try await fixture.expectSound()
    }

    /// A way to break a cache.
    struct Damage: Sendable, CustomTestStringConvertible {
        var name: String
        /// What is found, as `kind key`.
        var found: [String]
        /// What is found after a repair; the rest is repaired.
        var left: [String] = []
        /// Whether the cache is sound after that without a push.
        var isMended = true
        var damage: @Sendable (CacheFixture) async throws -> Void

        var testDescription: String { name }
    }

    static let damages: [Damage] = [
        Damage(
            name: "a lost NAR", found: ["lost \(tool.narKey)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[tool.narKey] = nil }),
        Damage(
            name: "a lost narinfo", found: ["lost \(library.key)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[library.key] = nil }),
        Damage(
            name: "a lost top narinfo", found: ["lost \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { $0.bucket[other.key] = nil }),
        Damage(
            name: "a lost listing", found: ["lost \(tool.listingKey)"], isMended: false,
            damage: { $0.bucket[tool.listingKey] = nil }),
        Damage(
            name: "a lost log", found: ["lost \(tool.logKey)"], isMended: false,
            damage: { $0.bucket[tool.logKey] = nil }),
        Damage(
            name: "a lost realisation", found: ["lost \(tool.realisationKey ?? "")"], isMended: false,
            damage: { $0.bucket[tool.realisationKey ?? ""] = nil }),
        Damage(
            name: "a condemned object that is lost", found: ["lost \(tool.logKey)"], isMended: false,
            damage: {
                try await $0.metadata.set(tool.logKey, to: .condemned)
                $0.bucket[tool.logKey] = nil
            }),
        Damage(
            name: "an empty NAR", found: ["nar \(tool.narKey)"], left: ["incomplete \(tool.key)"], isMended: false,
            damage: { $0.bucket[tool.narKey]?.bytes = [] }),
        Damage(
            name: "a NAR of another size", found: ["size \(tool.narKey)"],
            damage: { $0.bucket[tool.narKey]?.bytes += [0] }),
        Damage(
            name: "a log of another size", found: ["size \(tool.logKey)"],
            damage: { $0.bucket[tool.logKey]?.bytes = [] }),
        Damage(
            name: "a narinfo that is none", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { try $0.edit(other.key) { "<html>" + $0 } }),
        Damage(
            name: "a narinfo that is too large", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false,
            damage: { $0.bucket[other.key]?.bytes = Array(repeating: 10, count: (4 << 20) + 1) }),
        Damage(
            name: "the narinfo of another path", found: ["text \(other.key)"], left: ["incomplete \(other.key)"],
            isMended: false, damage: { $0.bucket[other.key]?.bytes = $0.bucket[library.key]?.bytes ?? [] }),
        Damage(
            name: "a narinfo with an unknown compression", found: ["text \(other.key)"],
            left: ["incomplete \(other.key)"], isMended: false,
            damage: { try $0.edit(other.key) { $0.replacing("Compression: zstd", with: "Compression: br") } }),
        Damage(
            name: "a realisation that is none", found: ["text \(tool.realisationKey ?? "")"], isMended: false,
            damage: { $0.bucket[tool.realisationKey ?? ""]?.bytes = Array("{}".utf8) }),
        Damage(
            name: "a row without the reference of its text", found: ["missing_refs \(tool.key)"],
            damage: { fixture in
                let (row, reference) = (try await fixture.row(tool.key), try await fixture.row(library.key))
                try await fixture.metadata.setRefs(row.refs.filter { $0 != reference.id }, of: row.id)
            }),
        Damage(
            name: "a row without any reference", found: ["missing_refs \(tool.key)"],
            damage: { try await $0.metadata.setRefs([], of: try await $0.row(tool.key).id) }),
        Damage(
            name: "a row that refers to too much", found: ["surplus_refs \(tool.key)"],
            damage: { fixture in
                let row = try await fixture.row(tool.key)
                let more = [try await fixture.row(other.key).id, try await fixture.row(other.narKey).id]
                try await fixture.metadata.setRefs(more + row.refs, of: row.id)
            }),
        Damage(
            name: "a row that refers to nothing known, and lacks nothing",
            found: ["dangling_refs \(tool.key)", "incomplete \(tool.key)"],
            damage: { fixture in
                let row = try await fixture.row(tool.key)
                try await fixture.metadata.setRefs(row.refs + [999_999], of: row.id)
            }),
        Damage(
            name: "a row that refers to nothing known instead of what it needs",
            found: ["dangling_refs \(tool.key)", "incomplete \(tool.key)", "missing_refs \(tool.key)"],
            damage: { fixture in
                let (row, reference) = (try await fixture.row(tool.key), try await fixture.row(library.key))
                try await fixture.metadata.setRefs(
                    row.refs.map { $0 == reference.id ? 999_999 : $0 }, of: row.id)
            }),
        Damage(
            name: "a closure with an object that is being deleted", found: ["incomplete \(tool.key)"],
            left: ["incomplete \(tool.key)"], isMended: false,
            damage: { try await $0.metadata.set(library.narKey, to: .deleting) }),
        Damage(
            name: "what the database does not know",
            found: ["unknown nar/\(String(repeating: "0", count: 52)).nar.xz"],
            damage: { fixture in
                let key = "nar/\(String(repeating: "0", count: 52)).nar.xz"
                fixture.bucket[key] = .init(
                    bytes: [1], lastModified: fixture.clock.now - .seconds(6 * 3600) - .microseconds(1))
            }),
        Damage(
            name: "strays", found: ["stray pending/999/\(other.key)", "stray pins/gone"],
            left: ["stray pending/999/\(other.key)", "stray pins/gone"], isMended: false,
            damage: { fixture in
                fixture.bucket["pins/gone"] = .init(bytes: [1])
                fixture.bucket["pending/999/\(other.key)"] = .init(bytes: [1])
            }),
    ]

    @Test("finds what is broken, and repairs it", arguments: damages, MetadataKind.allCases)
    func damage(damage: Damage, kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        try await damage.damage(fixture)
        for pageSize in [2, 1000] {
            let result = try await fixture.fsck(pageSize: pageSize)
            #expect(result.names == damage.found)
            #expect(result.findings.allSatisfy { !$0.isRepaired })
            let isHarmless = damage.found.allSatisfy { $0.hasPrefix("stray") || $0.hasPrefix("surplus") }
            #expect(result.summary.isSound == isHarmless)
            #expect(result.summary.damaged == (isHarmless ? 0 : Int64(damage.found.count)))
        }
        let repaired = try await fixture.fsck(repairs: true)
        #expect(Set(repaired.names) == Set(damage.left + damage.found.filter { !$0.hasPrefix("incomplete") }))
        for finding in repaired.findings where finding.kind != .incomplete && finding.kind != .stray {
            #expect(finding.isRepaired, "\(finding)")
        }
        let after = try await fixture.fsck()
        #expect(after.names == damage.left)
        if damage.isMended { try await fixture.expectSound() }
        // The next push of the same paths sends what is not there.
        try await fixture.push(Self.tool)
        try await fixture.push(Self.other)
        #expect(try await fixture.fsck().names == damage.left.filter { $0.hasPrefix("stray") })
        for key in ["pins/gone", "pending/999/\(Self.other.key)"] { fixture.bucket[key] = nil }
        try await fixture.expectSound()
        try await fixture.expectCleanAtRest()
    }

    @Test("counts what may be of an upload, and leaves it alone", arguments: MetadataKind.allCases)
    func young(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        let key = "nar/\(String(repeating: "1", count: 52)).nar"
        fixture.bucket[key] = .init(bytes: [1], lastModified: fixture.clock.now - .seconds(6 * 3600))
        let result = try await fixture.fsck(repairs: true)
        #expect(result.findings == [])
        #expect(result.summary.young == 1)
        #expect(try await fixture.states([key]) == [nil])
    }

    @Test("takes no note of what a push mends meanwhile", arguments: MetadataKind.allCases, [false, true])
    func secondLook(kind: MetadataKind, repairs: Bool) async throws {
        let fixture = try await soundFixture(kind)
        let bytes = fixture.bucket[Self.tool.narKey]
        let (bucket, key) = (fixture.bucket, Self.tool.narKey)
        bucket[key] = nil
        bucket.forgetCalls()
        bucket.fail { call, asked in
            // It is there again before it is looked for a second time.
            let looks = bucket.calls.count { $0 == "attributes \(key)" }
            if call == "attributes", asked == key, looks > 1, bucket[key] == nil { bucket[key] = bytes }
            return nil
        }
        var findings: [FsckFinding] = []
        _ = try await fixture.checker().run(from: FsckPosition(FsckOptions(repairs: repairs))) { event in
            if case .finding(let finding) = event { findings.append(finding) }
        }
        #expect(findings == [])
        #expect(try await fixture.states([key]) == [.live])
        try await fixture.expectSound()
    }

    @Test("does not cut references while a push claims the object", arguments: MetadataKind.allCases)
    func claimed(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        let (row, more) = (try await fixture.row(Self.tool.key), try await fixture.row(Self.other.key))
        try await fixture.metadata.setRefs(row.refs + [more.id], of: row.id)
        let created = try await fixture.create(Self.tool)
        let result = try await fixture.fsck(repairs: true)
        #expect(result.names == ["surplus_refs \(Self.tool.key)"])
        #expect(result.findings.map(\.isRepaired) == [false])
        #expect(try await fixture.row(Self.tool.key).refs == row.refs + [more.id])
        try await fixture.service.complete(created.id)
        #expect(try await fixture.fsck(repairs: true).findings.map(\.isRepaired) == [true])
        #expect(Set(try await fixture.row(Self.tool.key).refs) == Set(row.refs))
    }

    @Test("does not cut references while a text may be on its way", arguments: MetadataKind.allCases)
    func onItsWay(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let row = try await fixture.row(Self.tool.key)
        try await fixture.metadata.setRefs(row.refs.filter { $0 != row.id } + [999_999], of: row.id)
        // Written just now: until the lease is over the same request may be repeated.
        let result = try await fixture.fsck(repairs: true)
        #expect(result.names.contains("dangling_refs \(Self.tool.key)"))
        #expect(result.findings.allSatisfy { !$0.isRepaired })
        #expect(try await fixture.row(Self.tool.key).state == .live)
        fixture.clock.advance(by: .seconds(121))
        #expect(try await fixture.fsck(repairs: true).summary.isSound)
        #expect(Set(try await fixture.row(Self.tool.key).refs) == Set(row.refs))
    }

    @Test("sends a path anew whose dependency vanished from the database", arguments: MetadataKind.allCases)
    func vanished(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        try await fixture.metadata.forget(Self.library.key)
        let result = try await fixture.fsck()
        #expect(result.names == ["dangling_refs \(Self.tool.key)", "incomplete \(Self.tool.key)"])
        #expect(result.summary.young == 1)
        #expect(try await fixture.fsck(repairs: true).summary.repaired == 1)
        #expect(try await fixture.states([Self.tool.key]) == [.uploading])
        try await fixture.push(Self.tool)
        #expect(try await fixture.fsck().findings == [])
        try await fixture.expectSound()
    }

    @Test("hands what nobody knows to the next collection", arguments: MetadataKind.allCases)
    func adopted(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        let lonely = TestPackage("lonely")
        let long = fixture.clock.now - .seconds(86_400)
        fixture.bucket[lonely.key] = .init(bytes: Array(lonely.narInfoText().utf8), lastModified: long)
        fixture.bucket[lonely.narKey] = .init(bytes: lonely.nar, lastModified: long)
        let result = try await fixture.fsck(repairs: true)
        #expect(result.names == ["unknown \(lonely.key)", "unknown \(lonely.narKey)"].sorted())
        #expect(try await fixture.states([lonely.key, lonely.narKey]) == [.uploading, .uploading])
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket[lonely.narKey] == nil)
    }

    @Test("relies on no order of the listing", arguments: MetadataKind.allCases, [1, 2, 5, 1000])
    func disorder(kind: MetadataKind, pageSize: Int) async throws {
        let fixture = try await soundFixture(kind)
        fixture.bucket.list { key in String(key.reversed()) }
        #expect(try await fixture.fsck(pageSize: pageSize).findings == [])
        fixture.bucket[Self.tool.narKey] = nil
        #expect(try await fixture.fsck(pageSize: pageSize).names == ["lost \(Self.tool.narKey)"])
    }

    @Test("goes on from wherever it was interrupted", arguments: MetadataKind.allCases)
    func resumed(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        fixture.bucket[Self.tool.narKey] = nil
        fixture.bucket[Self.other.key] = nil
        fixture.bucket["pins/gone"] = .init(bytes: [1])
        try await fixture.metadata.set(Self.library.narKey, to: .deleting)
        let whole = try await fixture.fsck(pageSize: 2)
        #expect(whole.findings.count == 4)
        var steps = 0
        repeat {
            steps += 1
            var position = FsckPosition(FsckOptions())
            var findings: [FsckFinding] = []
            var told = 0
            let first = try? await fixture.checker(pageSize: 2).run(from: position) { event throws(CacheError) in
                switch event {
                case .finding(let finding): findings.append(finding)
                case .position(let reached):
                    position = reached
                    told += 1
                    if told == steps { throw CacheError(.unavailable, "interrupted") }
                }
            }
            if first != nil { break }
            let summary = try await fixture.checker(pageSize: 2).run(from: position) { event in
                if case .finding(let finding) = event { findings.append(finding) }
            }
            #expect(findings == whole.findings, "after \(steps)")
            #expect(summary == whole.summary, "after \(steps)")
        } while steps < 100
        #expect(steps > 8)
    }

    @Test("ends when a store does", arguments: MetadataKind.allCases)
    func outage(kind: MetadataKind) async throws {
        let fixture = try await soundFixture(kind)
        for call in ["attributes", "content", "list"] {
            fixture.bucket[Self.tool.narKey] = nil
            fixture.bucket.fail { name, _ in name == call ? .before(.unavailable) : nil }
            #expect(try await failure { _ = try await fixture.fsck(repairs: true) }.code == .unavailable)
            fixture.bucket.fail(nil)
        }
        // An object alone that cannot be read does not end it.
        let key = Self.tool.key
        fixture.bucket.fail { name, asked in name == "content" && asked == key ? .before(.other) : nil }
        let result = try await fixture.fsck()
        #expect(result.names == ["lost \(Self.tool.narKey)", "unreadable \(key)"])
    }
}
