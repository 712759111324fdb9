import CurlKit
import Testing

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test(arguments: [
        ("00-\(trace)-b7ad6b7169203331-01", true), ("00-\(trace)-b7ad6b7169203331-00", false),
        ("00-\(trace)-b7ad6b7169203331-03", true), ("00-\(trace)-0000000000000001-ff", true),
        // A later version may say more.
        ("01-\(trace)-b7ad6b7169203331-01", true), ("fe-\(trace)-b7ad6b7169203331-01-more", true),
    ])
    func readsWhatTheStandardAllows(text: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(text))
        #expect(context.traceID == Self.trace)
        #expect(context.isSampled == isSampled)
        #expect(context.text == "00-\(text.dropFirst(3).prefix(49))-\(isSampled ? "01" : "00")")
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-b7ad6b7169203331", "00-\(trace)-b7ad6b7169203331-0",
        "00-\(trace)-b7ad6b7169203331-01-more", "00-\(trace)-b7ad6b7169203331-01 ",
        "01-\(trace)-b7ad6b7169203331-01more", "ff-\(trace)-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "0x-\(trace)-b7ad6b7169203331-01",
        "00_\(trace)-b7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331-0g",
        "00-\(trace)-b7ad6b7169203331-01, 00-\(trace)-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c8031é-b7ad6b7169203331-01",
    ])
    func refusesTheRest(text: String) {
        #expect(TraceContext(text) == nil)
    }

    @Test func children() throws {
        let parent = TraceContext()
        #expect(TraceContext(parent.text) == parent)
        let children = (0..<100).map { _ in parent.child() }
        #expect(Set(children).count == 100)
        #expect(children.allSatisfy { $0.traceID == parent.traceID && $0 != parent && TraceContext($0.text) == $0 })
    }
}
