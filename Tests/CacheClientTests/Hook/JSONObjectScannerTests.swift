import Testing

@testable import CacheClient

@Suite struct JSONObjectScannerTests {
    private static let objects = [
        "{}", #" {"paths":["/nix/store/a","b"]}"#, "\n\t\r {}", #"{"a":{"b":[1,-2.5e+3,true,false,null,{}]},"c":""}"#,
        #"{"a":"\"}\\\u00e9\/"}"#, #"{"ключ":"значение"}"#, #"{"a":[[],[[]]]}"#,
    ]

    @Test("an object ends with its last brace, whatever follows", arguments: objects)
    func complete(text: String) {
        let bytes = Array(text.utf8)
        for tail in ["", "\n", "{}", "x"] {
            var scanner = JSONObjectScanner()
            #expect(scanner.scan(bytes + Array(tail.utf8)) == .complete(bytes.count))
        }
    }

    @Test("it may come in pieces of any size", arguments: objects)
    func pieces(text: String) {
        let bytes = Array(text.utf8)
        for cut in bytes.indices {
            var scanner = JSONObjectScanner()
            #expect(scanner.scan(bytes[..<cut]) == .incomplete)
            #expect(scanner.scan(bytes[cut...]) == .complete(bytes.count - cut))
        }
        var scanner = JSONObjectScanner()
        for byte in bytes.dropLast() { #expect(scanner.scan([byte]) == .incomplete) }
        #expect(scanner.scan([bytes[bytes.count - 1]]) == .complete(1))
    }

    @Test(
        "what can be no object is known at the first wrong byte",
        arguments: [
            ("[", 1), ("x", 1), ("\"a\"", 1), ("{a", 2), ("{\"a\" 1", 6), ("{\"a\":}", 6), ("{\"a\":1]", 7), ("{,", 2),
            ("{\"a\":[1,]", 9), ("{\"a\":1,}", 8), ("{\"a\":\"\n", 7), ("{\"a\":\"\\x", 8), ("{\"a\":\"\\u00g", 11),
            ("{\"a\":1 2", 8), ("{\"a\":[}", 7), ("{\"a\":'", 6),
        ])
    func invalid(text: String, end: Int) {
        let bytes = Array(text.utf8)
        var scanner = JSONObjectScanner()
        #expect(scanner.scan(bytes[..<(end - 1)]) == .incomplete)
        #expect(scanner.scan(bytes[(end - 1)...]) == .invalid)
    }

    @Test("depth is bounded")
    func depth() {
        var scanner = JSONObjectScanner()
        let deep = "{\"a\":" + String(repeating: "[", count: JSONObjectScanner.depthLimit - 1)
        #expect(scanner.scan(deep.utf8) == .incomplete)
        #expect(scanner.scan("[".utf8) == .invalid)
    }
}
