import CacheCore
import CacheStorage
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CacheServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct AdminRouteTests {
    static let leaf = SamplePath("leaf")
    static let top = SamplePath("top", references: [leaf])

    static let pages = AdminPage.Section.allCases.map(\.path) + ["/admin/why"]

    /// As a browser sends the token.
    static func fields(_ more: [(String, String)] = []) -> HTTPFields {
        let pair = Data("x:\(TestServer.token)".utf8).base64EncodedString()
        var fields: HTTPFields = [.authorization: "Basic \(pair)"]
        for (name, value) in more {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }

    private static let ours = ("Origin", "http://localhost")

    @Test(arguments: pages)
    func pagesAreForAdministrators(path: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let refused = try await client.send(.get, path)
                #expect(refused.status == .unauthorized)
                #expect(refused.headers[.wwwAuthenticate] == "Bearer, Basic realm=\"niks3\"")
                let page = try await client.send(.get, path, headers: Self.fields())
                #expect(page.status == .ok, "\(page.text)")
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.cacheControl] == "no-store")
                let policy = page.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
                #expect(policy.hasSuffix("; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"))
                #expect(!page.text.contains("<script"))
            }
        }
    }

    @Test(
        arguments: [
            [], [("Origin", "null")], [("Origin", "http://elsewhere")], [("Origin", "http://localhost:1")],
            [("Origin", "http://localhost.elsewhere")], [("Origin", "localhost")], [("Origin", "file://localhost")],
            [ours, ("Sec-Fetch-Site", "cross-site")], [ours, ("Sec-Fetch-Site", "same-site")],
        ] as [[(String, String)]])
    func changesComeFromOurOwnPages(fields: [(String, String)]) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                for access in RouteAccess.table where access.path.hasPrefix("/admin") && access.method == .post {
                    let answer = try await client.send(
                        .post, access.path, headers: Self.fields(fields), body: "name=a&older-than=1h")
                    #expect(answer.status == .forbidden, "\(access.path)")
                }
                #expect(try await server.collections.status() == nil)
            }
        }
    }

    @Test func pins() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                try await TestPush(client).all(of: Self.top)
                let body = "name=release&keep=2&days=&store-path=%2Fnix%2Fstore%2F\(Self.top.baseName)+"
                let set = try await client.send(
                    .post, "/admin/pins", headers: Self.fields([Self.ours, ("Sec-Fetch-Site", "same-origin")]),
                    body: body)
                #expect(set.status == .seeOther, "\(set.text)")
                #expect(set.headers[.location] == "/admin/pins?done=pinned")
                let page = try await client.send(.get, "/admin/pins?done=pinned", headers: Self.fields())
                #expect(page.text.contains("The pin is set."))
                #expect(page.text.contains("<code>release</code>"))
                #expect(page.text.contains("<code>/nix/store/\(Self.top.baseName)</code>"))
                let removed = try await client.send(
                    .post, "/admin/closures/delete", headers: Self.fields([Self.ours]),
                    body: "key=\(Self.top.narInfoKey)")
                #expect(removed.status == .conflict)
                #expect(removed.text.contains("release"))
                let gone = try await client.send(
                    .post, "/admin/pins/delete", headers: Self.fields([Self.ours]), body: "name=release")
                #expect(gone.headers[.location] == "/admin/pins?done=unpinned")
                #expect(
                    try await client.send(.get, "/admin/pins", headers: Self.fields()).text.contains("There are none."))
            }
        }
    }

    @Test(arguments: [
        ("/admin/pins", "name=a&store-path=/nix/store/x", HTTPResponse.Status.badRequest, "is no store path"),
        ("/admin/pins", "name=a%20b&store-path=/nix/store/x", .badRequest, "a b"),
        ("/admin/pins", "name=a&days=0&store-path=x", .badRequest, "from 1 to 36,500 days"),
        ("/admin/pins", "name=a&keep=x&store-path=x", .badRequest, "is a number"),
        ("/admin/pins/delete", "name=a", .notFound, "a"),
        ("/admin/collections", "older-than=soon", .badRequest, "soon"),
        ("/admin/closures/delete", "key=x", .notFound, "x"),
    ])
    func refusals(path: String, body: String, status: HTTPResponse.Status, words: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.routes {
                try await $0.send(.post, path, headers: Self.fields([Self.ours]), body: body)
            }
            #expect(answer.status == status)
            #expect(answer.text.contains("<p class=\"notice bad\" role=\"status\">"))
            #expect(answer.text.contains(words), "\(answer.text)")
        }
    }

    @Test func formsAreBounded() async throws {
        try await TestServer.run { server in
            let answer = try await server.routes {
                try await $0.send(
                    .post, "/admin/pins", headers: Self.fields([Self.ours]),
                    body: "name=" + String(repeating: "a", count: FormFields.limit))
            }
            #expect(answer.status == .contentTooLarge)
        }
    }

    @Test func nothingFromOutsideIsMarkup() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let text = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
                for path in [
                    "/admin/closures?search=\(text)", "/admin/why?key=\(text)", "/admin/pins?done=\(text)",
                    "/admin/collections?plan=yes&older-than=\(text)", "/admin?span=\(text)",
                ] {
                    let page = try await client.send(.get, path, headers: Self.fields())
                    #expect(!page.text.contains("<script"), "\(path)")
                }
            }
        }
    }

    @Test func whySomethingIsHere() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                try await TestPush(client).all(of: Self.top)
                func answer(_ key: String) async throws -> String {
                    try await client.send(.get, "/admin/why?key=\(QueryValue(key))", headers: Self.fields()).text
                }
                #expect(try await answer(Self.top.narInfoKey).contains("it is the top of a closure"))
                let chain = try await answer(Self.leaf.narKey)
                let keys = [Self.top.narInfoKey, Self.leaf.narInfoKey, Self.leaf.narKey]
                let found = chain.matches(of: /<li><code><a href="[^"]*">([^<]*)<\/a>/).map { String($0.output.1) }
                #expect(found == keys)
                #expect(try await answer("nothing.narinfo").contains("does not know"))
                let closures = try await client.send(.get, "/admin/closures?search=TOP", headers: Self.fields())
                #expect(closures.text.contains("<code>/nix/store/\(Self.top.baseName)</code>"))
                let removed = try await client.send(
                    .post, "/admin/closures/delete", headers: Self.fields([Self.ours]),
                    body: "key=\(Self.top.narInfoKey)")
                #expect(removed.status == .seeOther)
                #expect(try await answer(Self.leaf.narKey).contains("a collection will delete it"))
            }
        }
    }

    @Test func collections() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                try await TestPush(client).all(of: Self.top)
                let plan = try await client.send(
                    .get, "/admin/collections?plan=yes&older-than=0h&failed-uploads-older-than=0h",
                    headers: Self.fields())
                #expect(plan.text.contains("<code>\(Self.top.narInfoKey)</code>"))
                #expect(plan.text.contains(#"<input type="hidden" name="older-than" value="0h">"#))
                let fields = Self.fields([Self.ours])
                let begun = try await client.send(
                    .post, "/admin/collections", headers: fields,
                    body: "older-than=0h&failed-uploads-older-than=0h")
                #expect(begun.headers[.location] == "/admin/collections?done=collecting")
                let other = try await client.send(
                    .post, "/admin/collections", headers: fields,
                    body: "older-than=1h&failed-uploads-older-than=0h")
                #expect(other.status == .conflict)
                let running = try await client.send(.get, "/admin/collections", headers: fields)
                #expect(running.text.contains("<h2>Under way</h2>"))
                server.collections.stop()
                await server.collections.run()
                let ended = try await client.send(.get, "/admin/collections", headers: fields)
                #expect(ended.text.contains("<span class=\"bad-text\">failed</span> The server stops"))
            }
        }
    }

    @Test func pushesAndChecks() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                try await TestPush(client).all(of: Self.leaf)
                _ = try await TestPush(client).create(
                    CreateUploadRequest(closure: Self.top.narInfoKey, objects: Self.top.closure))
                let pushes = try await client.send(.get, "/admin/pushes", headers: Self.fields()).text
                #expect(pushes.contains("<td>uploading</td>"))
                #expect(pushes.contains("<td><span class=\"good\">completed</span></td>"))
                #expect(pushes.contains(">\(Self.top.narInfoKey)</a>"))
                var summary = FsckSummary()
                summary.damaged = 1
                summary.findings = ["lost": 3]
                try await server.storage.metadata.recordCheck(
                    FsckReport(
                        finishedAt: try await server.storage.metadata.instant(), options: FsckOptions(),
                        summary: summary, findings: [FsckFinding(kind: .lost, key: "nar/<x>", detail: "it is gone")]))
                let checks = try await client.send(.get, "/admin/checks", headers: Self.fields()).text
                #expect(checks.contains("The cache was damaged</span>: 1 not repaired"))
                #expect(checks.contains("<code>nar/&lt;x&gt;</code>"))
                #expect(checks.contains("And 2 more."))
            }
        }
    }
}
