import CacheCore
import Testing

@testable import CacheServer

@Suite struct HeaderFieldTests {
    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", false), ("zstd", true), ("gzip, zstd;q=0.5", true), ("ZSTD", true),
            ("zstd;q=0", false), ("*", true), ("*;q=0, zstd", true), ("*, zstd;q=0", false), ("zstd;q=x", false),
            ("identity", false), (",;,", false), ("gzip;q=1 , zstd ; q=0.1", true),
        ] as [(String?, Bool)])
    func acceptsZstd(field: String?, accepted: Bool) {
        #expect(AcceptedEncodings(field).allows("zstd") == accepted)
    }

    @Test(arguments: [
        ("bytes=0-0", ByteRange.from(0, through: 0)), ("bytes=5-", .from(5, through: nil)), ("bytes=-7", .last(7)),
        ("Bytes= 1-2", .from(1, through: 2)), ("bytes=-0", .last(0)),
    ])
    func ranges(field: String, range: ByteRange) {
        #expect(ByteRange(header: field) == range)
    }

    @Test(
        arguments: [
            nil, "", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=1--2",
            "bytes=+1-2", "bytes=99999999999999999999-", "bytes=1-2-3",
        ] as [String?])
    func ignoredRanges(field: String?) {
        #expect(ByteRange(header: field) == nil)
    }

    @Test(arguments: [
        ("\"abc\"", true), ("abc", true), ("W/\"abc\"", true), ("*", true), ("\"x\", \"abc\"", true), ("\"x\"", false),
        ("", false), ("\"abcd\"", false), ("\"", false),
    ])
    func entityTagLists(field: String, isListed: Bool) {
        #expect(EntityTag(value: "abc", isWeak: false).isListed(in: field) == isListed)
        #expect(EntityTag(value: "abc", isWeak: true).isListed(in: field) == isListed)
    }

    @Test(arguments: [("\"abc\"", true), ("abc", true), ("W/\"abc\"", false), ("\"x\"", false)])
    func strongEntityTags(field: String, isSame: Bool) {
        #expect(EntityTag(value: "abc", isWeak: false).isStrongly(field) == isSame)
        #expect(!EntityTag(value: "abc", isWeak: true).isStrongly(field))
    }
}
