import CacheCore
import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct RefusedRequestTests {
    static let key = String(repeating: "0", count: 32) + ".narinfo"
    static let nar = "nar/" + String(repeating: "0", count: 52) + ".nar"
    static let create = "/api/pending_closures"

    @Test(arguments: [
        (create, "", 400), (create, "nonsense", 400), (create, "[]", 400), (create, "{}", 400),
        (create, #"{"closure":"x.narinfo"}"#, 400), (create, #"{"closure":"\#(key)","objects":[]}"#, 400),
        (create, #"{"closure":"\#(nar)","objects":[{"key":"\#(nar)","type":"nar"}]}"#, 400),
        (create, #"{"closure":"\#(key)","objects":[{"key":"\#(key)","type":"nar"}]}"#, 400),
        (create, #"{"closure":"\#(key)","objects":[{"key":"../x","type":"nar"}]}"#, 400),
        (create, #"{"closure":"\#(key)","objects":[{"key":"pending/1/\#(key)","type":"narinfo"}]}"#, 400),
        (create, #"{"roots":["\#(key)"],"objects":[{"key":"\#(key)","type":"narinfo"}]}"#, 400),
        ("/api/pushes", "{}", 400),
        ("/api/pushes", #"{"roots":["\#(key)"],"objects":[{"key":"\#(nar)","type":"nar"}]}"#, 400),
        ("/api/pushes", #"{"closure":"\#(key)","objects":[{"key":"\#(key)","type":"narinfo"}]}"#, 400),
        (create + "/1/sign", #"{"narinfos":{"\#(key)":{}}}"#, 400), (create + "/x/sign", #"{"narinfos":{}}"#, 400),
        (create + "/99/complete", "", 404), ("/api/pushes/99/complete", "{}", 404),
        ("/api/uploads/complete", #"{"object_key":"\#(nar)"}"#, 404),
        ("/api/uploads/skipped", #"{"paths":1,"nar_bytes":2}"#, 204),
        ("/api/objects/uploaded", #"{"keys":["\#(nar)","\#(key)"]}"#, 200), ("/api/objects/uploaded", "{}", 200),
        ("/api/objects/uploaded", #"{"keys":["../x"]}"#, 400), ("/api/objects/uploaded", #"{"keys":[1]}"#, 400),
        ("/api/objects/present", #"{"keys":null}"#, 200), ("/api/objects/present", #"{"keys":1}"#, 400),
        ("/api/multipart/request-parts", "{}", 400),
        (
            "/api/multipart/request-parts",
            #"{"object_key":"\#(nar)","upload_id":"u","start_part_number":1,"num_parts":1}"#, 404
        ),
        (
            "/api/multipart/request-parts",
            #"{"object_key":"\#(nar)","upload_id":"u","start_part_number":1,"num_parts":1001}"#, 400
        ),
        (
            "/api/multipart/request-parts",
            #"{"object_key":"\#(nar)","upload_id":"u","start_part_number":9999,"num_parts":3}"#, 400
        ),
        (
            "/api/multipart/complete",
            #"{"object_key":"\#(key)","upload_id":"u","parts":[{"part_number":1,"etag":"e"}]}"#, 400
        ),
        (
            "/api/multipart/complete",
            #"{"object_key":"\#(nar)","upload_id":"u","parts":[{"part_number":1,"etag":"e"}]}"#, 404
        ),
    ])
    func statuses(path: String, body: String, status: Int) async throws {
        try await TestServer.run { server in
            let response = try await server.routes {
                try await $0.send(.post, path, body: body, token: TestServer.token)
            }
            #expect(response.status.code == status, "\(response.text)")
        }
    }

    @Test func tooLargeNARs() async throws {
        try await TestServer.run(settings: { $0.maximumNarSize = 1000 }) { server in
            let body =
                #"{"closure":"\#(Self.key)","objects":[{"key":"\#(Self.key)","type":"narinfo"},"#
                + #"{"key":"\#(Self.nar)","type":"nar","nar_size":1001}]}"#
            let response = try await server.routes {
                try await $0.send(.post, Self.create, body: body, token: TestServer.token)
            }
            #expect(response.status == .badRequest)
            #expect(response.text.contains("exceeds server max NAR size"))
            #expect(response.text.contains(Self.nar))
        }
    }

    @Test func tooLargeBodies() async throws {
        var limits = ConnectionLimits()
        limits.listBody = 100
        limits.smallBody = 50
        try await TestServer.run(limits: limits) { server in
            try await server.routes { client in
                let table: [(String, Int, Int)] = [
                    ("/api/objects/present", 100, 200), ("/api/objects/present", 101, 413),
                    ("/api/uploads/skipped", 50, 204), ("/api/uploads/skipped", 51, 413),
                    ("/api/pushes/1/complete", 51, 413), ("/api/pushes/1/complete", 50, 404),
                ]
                for (path, size, status) in table {
                    let body = "{}" + String(repeating: " ", count: size - 2)
                    let response = try await client.send(.post, path, body: body, token: TestServer.token)
                    #expect(response.status.code == status, "\(path) \(size)")
                    if status == 413 {
                        let limit = path.contains("present") ? 100 : 50
                        #expect(
                            response.text
                                == "request body exceeds \(limit) bytes; split it into several requests")
                    }
                }
            }
        }
    }

    @Test func tooManyBodiesAtOnce() async throws {
        var limits = ConnectionLimits()
        limits.bufferedBodies = 10
        let create = #"{"closure":"\#(Self.key)"}"#
        try await TestServer.run(limits: limits) { server in
            try await server.routes { client in
                let small = try await client.send(.post, "/api/objects/present", body: "{}", token: TestServer.token)
                #expect(small.status == .ok)
                let large = try await client.send(
                    .post, "/api/objects/present", body: #"{"keys":[],"x":1}"#, token: TestServer.token)
                #expect(large.status == .serviceUnavailable)
                #expect(large.headers[.retryAfter] == "5")
                for _ in 0..<2 {
                    let refused = try await client.send(.post, Self.create, body: create, token: TestServer.token)
                    #expect(refused.status == .serviceUnavailable)
                    let empty = try await client.send(.post, Self.create, body: "{}", token: TestServer.token)
                    #expect(empty.status == .badRequest)
                }
                let again = try await client.send(.post, "/api/objects/present", body: "{}", token: TestServer.token)
                #expect(again.status == .ok)
            }
        }
    }
}
