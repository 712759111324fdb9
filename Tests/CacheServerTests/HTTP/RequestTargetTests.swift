import Testing

@testable import CacheServer

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/nix-cache-info", "nix-cache-info"),
        ("/nar/a.nar?x=y", "nar/a.nar"),
        ("http://host:1/nar/a", "nar/a"),
        ("/%6Ear/a", "nar/a"),
        ("/realisations/sha256:ab!out.doi", "realisations/sha256:ab!out.doi"),
        ("/realisations/sha256%3Aab%21out.doi", "realisations/sha256:ab!out.doi"),
        ("/log/a..b.drv", "log/a..b.drv"),
        ("/%252e%252e/a", "%2e%2e/a"),
    ])
    func keys(target: String, key: String) {
        #expect(RequestTarget(target)?.key() == key)
    }

    @Test(arguments: [
        "/", "//etc/passwd", "/nar//a", "/nar/", "/../a", "/nar/../a", "/nar/..", "/./a", "/%2e%2e/a", "/%2E./a",
        "/nar%2f..%2fa", "/..%2fa", "/a%00b", "/a%0Ab", "/a%5cb", "/a\\b", "/%", "/%4", "/%zz", "/%+1", "/%ff",
        "/%c0%ae%c0%ae/a", "http://host", "/nar/%2e%2e%2f%2e%2e%2fetc/passwd",
    ])
    func refusedKeys(target: String) {
        #expect(RequestTarget(target)?.key() == nil)
    }

    @Test(arguments: ["", "*", "nix-cache-info", "ftp://host/a"])
    func refusedTargets(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test func parameters() {
        let target = RequestTarget("/a?older-than=1h&b&c=1%2B1&d=x+y&older-than=2h&e=%zz")
        let names = ["older-than", "b", "c", "d", "e", "f"]
        #expect(names.map { target?.parameter($0) } == ["1h", "", "1+1", "x y", nil, nil])
    }
}
