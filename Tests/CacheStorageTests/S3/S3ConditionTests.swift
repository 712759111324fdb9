import CacheCore
import TestServices
import Testing

@testable import CacheStorage

/// Reading from a real service what the reader may have already.
@Suite(.timeLimit(.minutes(5))) struct S3ConditionTests {
    @Test func isLeftToTheService() async throws {
        try await withS3Store { fixture in
            try await fixture.put("0123456789", to: "digits")
            let store = fixture.s3
            let attributes = try #require(try await store.attributes(of: "digits"))
            let table: [(ReadCondition?, ByteRange?, String?)] = [
                (nil, nil, "0123456789"),
                (.entityTag(attributes.etag), nil, nil),
                (.entityTag(attributes.etag), .from(1, through: 2), nil),
                (.entityTag("another"), nil, "0123456789"),
                (.entityTag("another"), .from(1, through: 2), "12"),
                (.unmodifiedSince(attributes.lastModified + .seconds(1)), nil, nil),
                (.unmodifiedSince(attributes.lastModified - .seconds(60)), nil, "0123456789"),
            ]
            _ = fixture.heads.take()
            for (condition, range, expected) in table {
                var text: String?
                switch try await store.content(of: "digits", range: range, unless: condition) {
                case .content(let content):
                    var bytes: [UInt8] = []
                    for try await chunk in content.body { bytes += chunk }
                    text = String(decoding: bytes, as: UTF8.self)
                case .unchanged: text = nil
                case nil: text = "absent"
                }
                #expect(text == expected, "\(String(describing: condition))")
                #expect(fixture.heads.take().count == 1)
            }
            let absent = try await store.content(of: "absent", range: nil, unless: .entityTag("x"))
            #expect(absent == nil)
        }
    }
}
