import Testing

@testable import CurlKit

@Suite struct HeadParserTests {
    static func parse(_ lines: [String], followsRedirects: Bool = false, limit: Int = 1000) -> [HeadParser.Step]? {
        var parser = HeadParser(followsRedirects: followsRedirects, limit: limit)
        return try? lines.map { line in
            try Array(line.utf8).withUnsafeBytes { try parser.consume($0) }
        }
    }

    @Test func readsHeads() {
        let head = HTTPResponseHead(status: 200, version: "2", headers: ["a": "b"])
        #expect(Self.parse(["HTTP/2 200\r\n", "a: b\r\n", "\r\n"]) == [.more, .more, .complete(head)])
        #expect(Self.parse(["HTTP/2 200\n", "a:b\n", "\n"]) == [.more, .more, .complete(head)])
        // Trailers.
        #expect(
            Self.parse(["HTTP/2 200\r\n", "a: b\r\n", "\r\n", "c: d\r\n", "\r\n"])
                == [.more, .more, .complete(head), .more, .more])
    }

    @Test func skipsInterimResponsesAndFollowedRedirects() {
        let lines = ["HTTP/1.1 302 Found\r\n", "Location: /x\r\n", "\r\n", "HTTP/1.1 204 \r\n", "\r\n"]
        let end = HTTPResponseHead(status: 204, version: "1.1")
        #expect(Self.parse(lines, followsRedirects: true) == [.more, .more, .more, .more, .complete(end)])
        let redirect = HTTPResponseHead(status: 302, version: "1.1", headers: ["Location": "/x"])
        #expect(Self.parse(Array(lines.prefix(3))) == [.more, .more, .complete(redirect)])
        #expect(
            Self.parse(["HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 204 \r\n", "\r\n"])
                == [.more, .more, .more, .complete(end)])
        // A redirect to nowhere is a response.
        let nowhere = HTTPResponseHead(status: 302, version: "1.1")
        #expect(Self.parse(["HTTP/1.1 302 \r\n", "\r\n"], followsRedirects: true) == [.more, .complete(nowhere)])
    }

    @Test(arguments: [
        ["a: b\r\n"], ["HTTP/1.1\r\n"], ["HTTP/1.1 20\r\n"], ["HTTP/1.1 2000\r\n"], ["HTTP/1.1 099\r\n"],
        ["HTTP/1.1 200\r\n", "no colon\r\n"], ["HTTP/1.1 200\r\n", "a: " + String(repeating: "b", count: 1000)],
    ])
    func refuses(lines: [String]) {
        #expect(Self.parse(lines) == nil)
    }
}
