import CurlKit
import Synchronization
import Testing

@Suite struct RetryingClientTests {
    static func retrier(limiter: RateLimiter? = nil) -> Retrier {
        var policy = RetryPolicy()
        policy.initialDelay = .milliseconds(1)
        policy.minimumDuration = .zero
        return Retrier(policy: policy, limiter: limiter)
    }

    @Test(.timeLimit(.minutes(1)))
    func triesUntilItWorks() async throws {
        let answers = [503, 500, 429, 408, 200]
        let bodies = Mutex<[[UInt8]]>([])
        let asked = Mutex(0)
        try await TestServer.run { connection, _ in
            while let (_, body) = try await connection.readRequest() {
                bodies.withLock { $0.append(body) }
                let number = asked.withLock { asked in
                    defer { asked += 1 }
                    return asked
                }
                try await connection.respond(answers[number], headers: [("Retry-After", "0")], body: "n\(number)")
            }
        } _: { server in
            try await withClient { client in
                let attempts = Mutex<[Int]>([])
                let response = try await RetryingClient(client: client, retrier: Self.retrier())
                    .execute { (attempt) throws(HTTPError) in
                        attempts.withLock { $0.append(attempt) }
                        return HTTPRequest(
                            method: "PUT", url: server.url,
                            body: .stream(length: 3) { TestStream { $0 == 0 ? Array("abc".utf8) : nil } })
                    }
                #expect(response.status == 200)
                #expect(try await response.body.collect(upTo: 10) == Array("n4".utf8))
                #expect(attempts.withLock { $0 } == [0, 1, 2, 3, 4])
                #expect(bodies.withLock { $0 } == Array(repeating: Array("abc".utf8), count: 5))
                #expect(server.opened == 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func givesTheLastAnswerInTheEnd() async throws {
        let asked = Mutex(0)
        try await TestServer.run { connection, _ in
            while try await connection.readRequest() != nil {
                asked.withLock { $0 += 1 }
                try await connection.respond(503, body: "busy")
            }
        } _: { server in
            try await withClient { client in
                let response = try await RetryingClient(client: client, retrier: Self.retrier())
                    .execute(HTTPRequest(url: server.url))
                #expect(response.status == 503)
                #expect(try await response.body.collect(upTo: 10) == Array("busy".utf8))
                #expect(asked.withLock { $0 } == 6)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [404, 409, 413])
    func doesNotRepeatWhatStays(status: Int) async throws {
        let asked = Mutex(0)
        try await TestServer.run { connection, _ in
            while try await connection.readRequest() != nil {
                asked.withLock { $0 += 1 }
                try await connection.respond(status)
            }
        } _: { server in
            try await withClient { client in
                let response = try await RetryingClient(client: client, retrier: Self.retrier())
                    .execute(HTTPRequest(url: server.url))
                #expect(response.status == status)
                #expect(asked.withLock { $0 } == 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func repeatsLostConnections() async throws {
        try await TestServer.run { connection, number in
            _ = try await connection.readRequest()
            if number == 3 { try await connection.respond(body: "third") }
        } _: { server in
            try await withClient { client in
                let response = try await RetryingClient(client: client, retrier: Self.retrier())
                    .execute(HTTPRequest(url: server.url))
                #expect(try await response.body.collect(upTo: 10) == Array("third".utf8))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func turnsTheLimiterOnWhenThrottled() async throws {
        try await TestServer.run { connection, number in
            var count = 0
            while try await connection.readRequest() != nil {
                count += 1
                try await connection.respond(count == 1 ? 429 : 200)
            }
        } _: { server in
            try await withClient { client in
                let limiter = RateLimiter()
                let retrying = RetryingClient(client: client, retrier: Self.retrier(limiter: limiter))
                let response = try await retrying.execute(HTTPRequest(url: server.url))
                #expect(response.status == 200)
                #expect(limiter.rate == 5)
            }
        }
    }

    /// Nobody waits for a retry that would come too late.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (Duration.seconds(-1), Duration?.none, 1), (.seconds(60), .seconds(61), 1),
            (.seconds(60), .seconds(300), 1),
            (.seconds(600), .zero, 4),
        ])
    func stopsAtADeadline(remaining: Duration, retryAfter: Duration?, attempts: Int) async throws {
        var policy = RetryPolicy.never
        policy.minimumRetries = 3
        policy.initialDelay = .milliseconds(1)
        let made = Counter()
        let last = await Retrier(policy: policy, limiter: nil).run(until: .now + remaining) { number in
            made.increment()
            return (number, .unavailable(status: 500, retryAfter: retryAfter))
        }
        #expect(made.value == attempts)
        #expect(last == attempts - 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func endsItsWaitWhenCancelled() async throws {
        let retrier = Self.retrier()
        let attempts = Counter()
        let value = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                await retrier.run { number in
                    attempts.increment()
                    return (number, .unavailable(status: 500, retryAfter: .seconds(300)))
                }
            }
            while attempts.value == 0 { await Task.yield() }
            group.cancelAll()
            return await group.next()
        }
        #expect(value == 0)
        #expect(attempts.value == 1)
    }
}
