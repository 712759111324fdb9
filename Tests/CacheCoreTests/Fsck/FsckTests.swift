import CacheCore
import NarKit
import TestServices
import Testing

@Suite("A check")
struct FsckTests {
    static let (library, tool, other) = (FsckDamage.library, FsckDamage.tool, FsckDamage.other)

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

    @Test("finds what is broken, and repairs it", arguments: FsckDamage.all, MetadataKind.allCases)
    func damage(damage: FsckDamage, kind: MetadataKind) async throws {
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
        // Until a lease of the text is over a request that was not answered may yet come.
        try await fixture.metadata.set(Self.tool.key, to: .live, busyUntil: fixture.clock.now + .seconds(120))
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
