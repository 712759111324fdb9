import CacheCore
import TestServices
import Testing

@Suite("A narinfo that refers to a row that is gone")
struct LossTests {
    private static let tool = TestPackage("tool")

    /// A live narinfo, claimed by an upload, with a reference to nothing.
    private func fixture(_ kind: MetadataKind) async throws -> (CacheFixture, narInfo: ObjectID, upload: UploadID) {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let row = try await fixture.row(Self.tool.key)
        try await fixture.metadata.setRefs(row.refs + [999_999], of: row.id)
        let created = try await fixture.create(Self.tool)
        return (fixture, row.id, try UploadID(parsing: created.id))
    }

    private func markLost(_ fixture: CacheFixture, _ narInfo: ObjectID, _ upload: UploadID) async throws -> ObjectState?
    {
        _ = try await fixture.store.markLost(
            [narInfo], by: .danglingReferences, upload: upload, writeWindow: .seconds(9))
        return try await fixture.row(Self.tool.key).state
    }

    @Test("is written anew", arguments: MetadataKind.allCases)
    func isLost(kind: MetadataKind) async throws {
        let (fixture, narInfo, upload) = try await fixture(kind)
        #expect(try await markLost(fixture, narInfo, upload) == .uploading)
    }

    @Test("is not while an older text may yet be written", arguments: MetadataKind.allCases)
    func isNotLostWhileBusy(kind: MetadataKind) async throws {
        let (fixture, narInfo, upload) = try await fixture(kind)
        try await fixture.metadata.set(Self.tool.key, to: .live, busyUntil: fixture.clock.now + .seconds(1))
        #expect(try await markLost(fixture, narInfo, upload) == .live)
        fixture.clock.advance(by: .seconds(1))
        #expect(try await markLost(fixture, narInfo, upload) == .uploading)
    }

    @Test("is not when another push has mended it since", arguments: MetadataKind.allCases)
    func isNotLostAnyMore(kind: MetadataKind) async throws {
        let (fixture, narInfo, upload) = try await fixture(kind)
        let refs = try await fixture.row(Self.tool.key).refs
        try await fixture.metadata.setRefs(refs.filter { $0 != 999_999 }, of: narInfo)
        #expect(try await markLost(fixture, narInfo, upload) == .live)
    }
}
