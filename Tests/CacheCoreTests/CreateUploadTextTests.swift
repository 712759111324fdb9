import CacheCore
import TestServices
import Testing

@Suite("The text of the answer to a create request")
struct CreateUploadTextTests {
    private func begun(_ cache: CacheFixture, _ package: TestPackage) async throws -> BegunUpload {
        let request = CreateUploadRequest(closure: package.key, objects: package.closure.flatMap(\.objects))
        return try await cache.service.begin(CreateUploadDraft(request), origin: CacheFixture.origin)
    }

    @Test("is that of the message", arguments: [true, false])
    func text(narSinglePut: Bool) async throws {
        let cache = try await CacheFixture(.sqlite) { $0.narSinglePut = narSinglePut }
        let begun = try await begun(
            cache, TestPackage("top", [TestPackage("leaf", log: true), TestPackage("other", realised: true)]))
        var text: [UInt8] = []
        for try await chunk in begun.text { text += chunk }
        #expect(begun.count == 11)
        let expected = try await begun.response().encoded()
        #expect(String(decoding: text, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
    }

    @Test("names nothing when nothing has to be uploaded")
    func nothing() async throws {
        let cache = try await CacheFixture(.sqlite)
        let package = TestPackage("package")
        try await cache.push(package)
        let begun = try await begun(cache, package)
        var chunks: [[UInt8]] = []
        for try await chunk in begun.text { chunks.append(chunk) }
        #expect(
            chunks.map { String(decoding: $0, as: UTF8.self) } == [
                #"{"id":"\#(begun.upload.id)","pending_objects":{},"started_at":"\#(begun.upload.startedAt)"}"#
            ])
    }

    @Test("comes in chunks, whose URLs are made when they are asked for")
    func chunks() async throws {
        let cache = try await CacheFixture(.sqlite)
        let leaves = (0..<1000).map { TestPackage("leaf \($0)") }
        let begun = try await begun(cache, TestPackage("top", leaves))
        var text: [UInt8] = []
        var sizes: [Int] = []
        for try await chunk in begun.text {
            text += chunk
            sizes.append(chunk.count)
        }
        #expect(sizes.count > 2)
        #expect(sizes.dropLast().allSatisfy { (64 << 10..<65 << 10).contains($0) }, "\(sizes)")
        #expect(try CreateUploadResponse.decode(text) == (try await begun.response()))

        cache.bucket.fail { call, _ in call == "presignedPut" ? .before(.unavailable) : nil }
        let error = await #expect(throws: CacheError.self) { for try await _ in begun.text {} }
        #expect(error?.code == .unavailable)
    }
}
