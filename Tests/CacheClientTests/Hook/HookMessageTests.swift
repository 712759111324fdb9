import Testing

@testable import CacheClient

@Suite struct HookMessageTests {
    @Test(
        "requests",
        arguments: [
            (#"{"paths":["/nix/store/a","/nix/store/b"]}"#, ["/nix/store/a", "/nix/store/b"]), (#"{"paths":[]}"#, []),
            (#"{"paths":null}"#, []), ("{}", []), (#"{"other":1,"paths":["x"]}"#, ["x"]), (#"{"paths":"x"}"#, nil),
            (#"{"paths":[1]}"#, nil), (#"{"paths":[""]}"#, nil), (#"{"paths":["a\u0000b"]}"#, nil),
            (#"{"paths":tru}"#, nil),
        ] as [(String, [String]?)])
    func requests(text: String, paths: [String]?) {
        #expect(HookRequest(parsing: Array(text.utf8)) == paths.map(HookRequest.init(paths:)))
    }

    @Test("a path longer than PATH_MAX is no path")
    func longPath() {
        let longest = String(repeating: "x", count: HookRequest.pathLimit)
        #expect(HookRequest(parsing: HookRequest(paths: [longest]).serialized) == HookRequest(paths: [longest]))
        #expect(HookRequest(parsing: HookRequest(paths: [longest + "x"]).serialized) == nil)
    }

    @Test(
        "answers are exactly these lines",
        arguments: [
            (HookReply.ok, "{\"status\":\"ok\"}\n"),
            (.invalidRequest, "{\"status\":\"error\",\"message\":\"invalid request\"}\n"),
            (.error("a \"b\"/c"), "{\"status\":\"error\",\"message\":\"a \\\"b\\\"/c\"}\n"),
        ])
    func replies(reply: HookReply, line: String) {
        #expect(String(decoding: reply.serialized, as: UTF8.self) == line)
        #expect(HookReply(parsing: reply.serialized) == reply)
    }

    @Test("what is no answer is none", arguments: ["{}", "{\"status\":\"maybe\"}", "[]"])
    func noReply(text: String) {
        #expect(HookReply(parsing: Array(text.utf8)) == nil)
    }

    @Test("OUT_PATHS has white space between paths")
    func outPaths() {
        #expect(HookSender.paths(in: " /nix/store/a  /nix/store/b\n") == ["/nix/store/a", "/nix/store/b"])
        #expect(HookSender.paths(in: "") == [])
    }
}
