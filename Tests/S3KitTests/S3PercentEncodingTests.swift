import Testing

@testable import S3Kit

@Suite struct S3PercentEncodingTests {
    @Test func keepsOnlyWhatIsUnreserved() {
        let ascii = String(decoding: Array(0...127) as [UInt8], as: UTF8.self)
        #expect(
            S3PercentEncoding.encode(ascii) == """
                %00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C%1D%1E%1F\
                %20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ\
                %5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D~%7F
                """)
        #expect(S3PercentEncoding.encodePath("a/b/../c+é") == "a/b/../c%2B%C3%A9")
    }

    @Test func decodesWhatItEncoded() {
        let every = Array(0...255) as [UInt8]
        let encoded = S3PercentEncoding.encode(every, keepingSlashes: false)
        #expect(S3PercentEncoding.decodeBytes(encoded) == every)
    }

    @Test(arguments: [("a+b", "a+b"), ("%e2%82%ac", "€"), ("", "")])
    func decodes(text: String, expected: String) {
        #expect(S3PercentEncoding.decode(text) == expected)
    }

    @Test(arguments: ["%", "%4", "%4g", "%%41", "%ff", "a%"])
    func refusesBrokenEscapes(text: String) {
        #expect(S3PercentEncoding.decode(text) == nil)
    }
}
