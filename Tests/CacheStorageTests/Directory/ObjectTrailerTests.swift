import CacheCore
import Testing

@testable import CacheStorage

@Suite struct ObjectTrailerTests {
    static let attributes = ObjectAttributes(
        size: 7, etag: "0123-2", lastModified: Timestamp(microseconds: 1_800_000_000_250_000),
        contentType: "text/plain; charset=utf-8", contentEncoding: nil)

    @Test func hasAKnownForm() {
        let fields = "size 7\netag 0123-2\nmodified 1800000000250000\ntype text%2Fplain;%20charset=utf-8\n"
        #expect(
            ObjectTrailer.encode(Self.attributes)
                == Array(fields.utf8) + [UInt8(fields.utf8.count), 0, 0, 0] + Array("niks3ob1".utf8))
    }

    @Test(arguments: [
        attributes,
        ObjectAttributes(size: 0, etag: "e", lastModified: Timestamp(seconds: -1)),
        ObjectAttributes(
            size: 1 << 40, etag: "e", lastModified: Timestamp(seconds: 0),
            contentType: String(repeating: "t", count: 255), contentEncoding: String(repeating: " ", count: 255)),
    ])
    func isReadBack(_ attributes: ObjectAttributes) {
        let trailer = ObjectTrailer.encode(attributes)
        #expect(trailer.count <= ObjectTrailer.maximumLength)
        #expect(ObjectTrailer.decode(trailer[...], fileLength: attributes.size + Int64(trailer.count)) == attributes)
    }

    @Test func refusesWhatIsCutOrChanged() {
        let file = Array("content".utf8) + ObjectTrailer.encode(Self.attributes)
        #expect(ObjectTrailer.decode(file[...], fileLength: Int64(file.count)) == Self.attributes)
        for length in 0..<file.count {
            #expect(ObjectTrailer.decode(file[..<length], fileLength: Int64(length)) == nil)
            #expect(ObjectTrailer.decode(file.dropFirst(length + 1), fileLength: Int64(file.count - length - 1)) == nil)
        }
        for index in 7..<file.count {
            var changed = file
            changed[index] ^= 0x80
            #expect(ObjectTrailer.decode(changed[...], fileLength: Int64(file.count)) != Self.attributes)
        }
    }
}
