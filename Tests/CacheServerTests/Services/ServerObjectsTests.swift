import CacheServer
import HTTPTypes
import NarKit
import Testing

@Suite struct ServerObjectsTests {
    @Test func areServed() async throws {
        try await TestServer.run { server in
            let objects = ServerObjects(
                metadata: server.storage.metadata, objects: server.storage.objects, times: server.times)
            try await objects.put(CacheInfo(priority: 41))
            let page = LandingPage(
                cacheURL: "https://c.example/?a&b", serverURL: "https://s.example", publicKeys: ["k:<1>"])
            try await objects.put(page)
            try await server.routes { client in
                let info = try await client.send(.get, "/nix-cache-info")
                #expect(info.text == "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 41\n")
                let html = try await client.send(.get, "/index.html")
                #expect(html.text == page.html)
                #expect(html.text.contains("\nextra-trusted-public-keys = k:&lt;1&gt;</pre>"))
                #expect(html.text.contains(">extra-substituters = https://c.example/?a&amp;b\n"))
                #expect(html.text.contains(#"data-source="https://s.example/api/cache-stats""#))
            }
        }
    }
}
