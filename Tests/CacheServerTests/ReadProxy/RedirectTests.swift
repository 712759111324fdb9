import CacheCore
import CurlKit
import HTTPTypes
import HummingbirdTesting
import Testing

/// Readers that are sent to the object store.
@Suite struct RedirectTests {
    private static let nar = "nar/\(String(repeating: "1", count: 52)).nar.zst"
    private static let narInfo = "\(String(repeating: "0", count: 32)).narinfo"
    private static let listing = "\(String(repeating: "0", count: 32)).ls"

    @Test func onlyForNARs() async throws {
        let calls = WatchedObjectStore.Calls()
        let reading = { (base: any ObjectStore) -> any ObjectStore in
            WatchedObjectStore(base, noting: calls, redirects: true)
        }
        try await TestServer.run(redirectLifetime: .seconds(60), reading: reading) { server in
            for key in [Self.nar, Self.narInfo, Self.listing] { try await server.put("content", at: key) }
            try await server.routes { client in
                let response = try await client.send(.get, "/" + Self.nar, headers: [.range: "bytes=1-2"])
                #expect(response.status == .temporaryRedirect)
                #expect(response.headers[.location] == "https://bucket.example/\(Self.nar)?for=60.0 seconds")
                #expect(response.headers[.cacheControl] == "no-store")
                #expect(response.text == "")
                // Nobody was asked for it.
                #expect(calls.take() == [])
                #expect(try await client.send(.head, "/" + Self.nar).status == .ok)
                for key in [Self.narInfo, Self.listing] {
                    #expect(try await client.send(.get, "/" + key).text == "content")
                }
            }
        }
    }

    @Test func notWhereTheServerKeepsTheObjects() async throws {
        try await TestServer.run(redirectLifetime: .seconds(60)) { server in
            try await server.put("content", at: Self.nar)
            let text = try await server.routes { try await $0.send(.get, "/" + Self.nar).text }
            #expect(text == "content")
        }
    }
}
