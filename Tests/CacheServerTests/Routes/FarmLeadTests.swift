import CacheStorage
import CacheServer
import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

/// Who leads a build farm, asked over real connections.
@Suite(.timeLimit(.minutes(2))) struct FarmLeadTests {
    /// A lease that no test waits for, unless it is about that.
    static let times = FarmLeadTimes(
        interval: .milliseconds(50), lease: .seconds(60), notice: .milliseconds(400), holdBack: .zero)

    static func head(_ path: String = "/api/farm/lead", body: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(TestServer.token)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let yes = #"{"lead":true}"# + "\n"
    static let no = #"{"lead":false}"# + "\n"

    @Test func oneOfTwoServers() async throws {
        try await TestServer.run(farms: Self.times) { server in
            try await server.live { port in
                try await server.replica(farms: Self.times).live { otherPort in
                    let released: ContinuousClock.Instant? = try await RawConnection.open(port: otherPort) { other in
                        let released = try await RawConnection.open(port: port) { first in
                            try await first.send(Self.head())
                            try await first.receive(until: Self.yes)
                            #expect(first.received.contains("Content-Type: application/x-ndjson\r\n"))
                            #expect(!first.received.contains(Self.no))
                            try await other.send(Self.head())
                            try await other.receive(until: Self.no)
                            // Another farm has a leader of its own.
                            try await RawConnection.open(port: otherPort) { third in
                                try await third.send(Self.head("/api/farm/lead/third_farm"))
                                try await third.receive(until: Self.yes)
                            }
                            return ContinuousClock.now
                        }
                        try await other.receive(until: Self.yes)
                        return released
                    }
                    // The old one had its time to notice.
                    let waited = try #require(released).duration(to: .now)
                    #expect(waited >= Self.times.notice)
                    #expect(waited < Self.times.lease)
                }
            }
        }
    }

    @Test func afterALeaderWhoseServerIsGone() async throws {
        var times = Self.times
        times.lease = .milliseconds(700)
        try await TestServer.run(farms: times) { [times] server in
            let metadata = server.storage.metadata
            let began = ContinuousClock.now
            #expect(try await metadata.takeLead(of: .unnamed, holder: "gone", times: times))
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(Self.head())
                    try await connection.receive(until: Self.yes)
                    #expect(connection.received.contains(Self.no))
                    #expect(began.duration(to: .now) >= times.lease + times.notice)
                }
            }
        }
    }

    @Test func othersHoldBackAfterAStart() async throws {
        var times = Self.times
        times.holdBack = .seconds(1)
        try await TestServer.run(farms: Self.times) { [times] server in
            let began = ContinuousClock.now
            let restarted = server.replica(farms: times)
            try await restarted.live { port in
                try await RawConnection.open(port: port) { incumbent in
                    try await incumbent.send(Self.head("/api/farm/lead/a", body: #"{"incumbent":true}"#))
                    try await RawConnection.open(port: port) { other in
                        try await other.send(Self.head("/api/farm/lead/b", body: #"{"incumbent":false}"#))
                        try await other.receive(until: Self.no)
                        try await other.receive(until: Self.yes)
                        #expect(began.duration(to: .now) >= times.holdBack)
                    }
                    try await incumbent.receive(until: Self.yes)
                    #expect(!incumbent.received.contains(Self.no))
                }
            }
        }
    }

    @Test func streamsEndWithTheServer() async throws {
        var times = Self.times
        times.interval = .seconds(30)
        try await TestServer.run(farms: times) { [times] server in
            try await server.live { port, stop in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(Self.head())
                    try await connection.receive(until: Self.yes)
                    let began = ContinuousClock.now
                    await stop()
                    let all = await connection.receiveAll()
                    // Ended as it should be, not broken off.
                    #expect(all.hasSuffix("\r\n0\r\n\r\n"))
                    #expect(began.duration(to: .now) < .seconds(20))
                }
            }
            // The lead was given up, so that another one gets it after its time to notice.
            let released = ContinuousClock.now
            while try await !server.storage.metadata.takeLead(of: .unnamed, holder: "next", times: times) {
                try await Task.sleep(for: .milliseconds(20))
                try #require(released.duration(to: .now) < .seconds(20))
            }
        }
    }

    /// A stream lives longer than a connection that nothing comes over may.
    @Test func streamsAreNotIdle() async throws {
        var limits = ConnectionLimits()
        limits.idle = .milliseconds(200)
        try await TestServer.run(limits: limits, farms: Self.times) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(Self.head())
                    let began = ContinuousClock.now
                    while began.duration(to: .now) < .seconds(1) {
                        let count = connection.received.count
                        while connection.received.count == count { try await connection.receiveMore() }
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("/api/farm/lead/a%2Fb", "", "The name of a farm has 1 to 128"),
        ("/api/farm/lead/%20", "", "The name of a farm"),
        ("/api/farm/lead/%ff", "", "The name of a farm"),
        ("/api/farm/lead", "{", "The body is no valid JSON"),
        ("/api/farm/lead", #"{"incumbent":1}"#, "The JSON field 'incumbent'"),
    ])
    func refusals(path: String, body: String, beginning: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let response = try await client.send(.post, path, body: body, token: TestServer.token)
                #expect(response.status == .badRequest)
                #expect(response.text.hasPrefix(beginning), "\(response.text)")
            }
        }
    }
}
