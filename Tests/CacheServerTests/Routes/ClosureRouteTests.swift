import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct ClosureRouteTests {
    private static let leaf = SamplePath("leaf")
    private static let top = SamplePath("top", references: [leaf])
    private static let topPath = "/nix/store/" + top.baseName

    private static func list(
        _ client: any TestClientProtocol, _ query: String = ""
    ) async throws -> ClosureListResponse {
        let answer = try await client.send(.get, "/api/closures" + query, token: TestServer.token)
        #expect(answer.status == .ok, "\(answer.text)")
        return try ClosureListResponse.decode(Array(answer.text.utf8))
    }

    @Test func closuresAreListedAndDeletedButNotWhilePinned() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                #expect(try await Self.list(client) == ClosureListResponse(closures: []))
                let push = TestPush(client)
                try await push.all(Self.top)
                let listed = try await Self.list(client, "?limit=1&search=TOP")
                #expect(listed.closures.map(\.id) == [Self.top.narInfoKey])
                #expect(listed.closures.map(\.storePath) == [Self.topPath])
                #expect(listed.next == Self.top.narInfoKey)
                let rest = try await Self.list(client, "?limit=1&after=\(Self.top.narInfoKey)")
                #expect(rest == ClosureListResponse(closures: []))

                let pin = SetPinRequest(storePath: Self.topPath, keep: 2)
                #expect(try await push.send(.post, "/api/pins/stable", pin).status == .noContent)
                let path = "/api/closures/\(Self.top.narInfoKey)"
                let refused = try await client.send(.delete, path, token: TestServer.token)
                #expect(refused.status == .conflict)
                #expect(refused.text.contains("stable"))
                #expect(
                    try await client.send(.delete, "/api/pins/stable", token: TestServer.token).status == .noContent)
                #expect(try await client.send(.delete, path, token: TestServer.token).status == .noContent)
                #expect(try await client.send(.delete, path, token: TestServer.token).status == .notFound)
                #expect(try await Self.list(client) == ClosureListResponse(closures: []))
            }
        }
    }

    @Test(arguments: ["?limit=0", "?limit=101", "?limit=x", "?limit=", "?search=\(String(repeating: "x", count: 257))"])
    func refusesWhatIsOutOfBounds(query: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let refused = try await client.send(.get, "/api/closures" + query, token: TestServer.token)
                #expect(refused.status == .badRequest)
            }
        }
    }

    @Test func pinsTellTheirEnd() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let push = TestPush(client)
                try await push.all(Self.top)
                let body = #"{"store_path":"\#(Self.topPath)","expires_at":"2999-01-01T00:00:00Z","keep":3}"#
                let set = try await client.send(.post, "/api/pins/a", body: body, token: TestServer.token)
                #expect(set.status == .noContent)
                let pins = try await client.send(.get, "/api/pins", token: TestServer.token)
                #expect(pins.text.contains(#""expires_at":"2999-01-01T00:00:00Z""#))
                for refused in [
                    #"{"store_path":"\#(Self.topPath)","expires_at":"2001-01-01T00:00:00Z"}"#,
                    #"{"store_path":"\#(Self.topPath)","expires_at":"tomorrow"}"#,
                    #"{"store_path":"\#(Self.topPath)","keep":0}"#,
                ] {
                    let answer = try await client.send(.post, "/api/pins/a", body: refused, token: TestServer.token)
                    #expect(answer.status == .badRequest, "\(refused)")
                }
                // Who knows nothing of ends gives a name for good.
                #expect(
                    try await push.send(.post, "/api/pins/a", SetPinRequest(storePath: Self.topPath)).status
                        == .noContent)
                #expect(try await !client.send(.get, "/api/pins", token: TestServer.token).text.contains("expires_at"))
            }
        }
    }
}

extension TestPush {
    /// A whole push of a path with all it refers to.
    fileprivate func all(_ path: SamplePath) async throws {
        let created = try await create(CreateUploadRequest(closure: path.narInfoKey, objects: path.closure))
        for path in [path] + path.references {
            _ = try await put(path.nar, to: created.pendingObjects[path.narKey]?.presignedURL)
            _ = try await put(Array("{}".utf8), to: created.pendingObjects[path.listingKey]?.presignedURL)
        }
        let signing = ([path] + path.references).map { ($0.narInfoKey, $0.signing) }
        _ = try await sign(
            created.id, SignRequest(narinfos: Dictionary(uniqueKeysWithValues: signing), publish: true))
        #expect(try await complete(created.id).status == .noContent)
    }
}
