import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
    func outPaths() throws {
        #expect(
            try HookSender.paths(outPaths: " /nix/store/a  /nix/store/b\n", derivation: "/x.drv")
                == ["/nix/store/a", "/nix/store/b"])
        #expect(try HookSender.paths(outPaths: "", derivation: nil) == [])
    }

    @Test("an empty OUT_PATHS means the outputs of the derivation")
    func emptyOutPaths() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.drv"
            try #"Derive([("out","/nix/store/a","","")],[],[])"#.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try HookSender.paths(outPaths: " ", derivation: path) == ["/nix/store/a"])
            #expect(try HookSender.paths(outPaths: "/nix/store/b", derivation: path) == ["/nix/store/b"])
            #expect(try HookSender.paths(outPaths: "", derivation: directory + "/none.drv") == [])
        }
    }
}

/// `send` and `serve` of different versions.
@Suite struct HookSkewTests {
    @Test(
        "requests of other versions are understood: other orders, spaces, members that are not known, no line feed",
        arguments: [
            #"{"paths":["/nix/store/a"]}"#, "{\"paths\":[\"/nix/store/a\"]}\n", #" { "paths" : [ "/nix/store/a" ] } "#,
            #"{"version":2,"paths":["/nix/store/a"],"drv":"/nix/store/x.drv","priority":{"level":1}}"#,
            #"{"paths":["\/nix\/store\/a"]}"#,
        ])
    func otherSenders(text: String) {
        #expect(HookRequest(parsing: Array(text.utf8)) == HookRequest(paths: ["/nix/store/a"]))
    }

    @Test(
        "answers of other versions are understood",
        arguments: [
            (#"{"status":"ok"}"#, HookReply.ok), ("{\"status\":\"ok\",\"queued\":3}\n", .ok),
            (#"{"message":"","status":"ok"}"#, .ok), (#"{"message":"full","status":"error","code":7}"#, .error("full")),
        ])
    func otherDaemons(text: String, reply: HookReply) {
        #expect(HookReply(parsing: Array(text.utf8)) == reply)
    }
}
