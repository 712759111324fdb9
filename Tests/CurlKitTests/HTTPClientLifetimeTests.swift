import CurlKit
import Synchronization
import Testing

/// Cancelling, dropping, reusing and closing.
@Suite struct HTTPClientLifetimeTests {
    /// Reads the head of a request, answers with some text, and waits until the client closes the connection.
    static func hang(after text: String) -> TestServer.Handler {
        { connection, _ in
            _ = try await connection.readHead()
            try await connection.write(text)
            _ = try await connection.drain()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func cancelsBeforeTheStart() async throws {
        try await TestServer.run(handler: Self.hang(after: "")) { server in
            try await withClient { client in
                let code = await withTaskGroup(of: HTTPError.Code?.self) { group in
                    group.cancelAll()
                    group.addTask {
                        do throws(HTTPError) {
                            _ = try await client.execute(HTTPRequest(url: server.url))
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                    return await group.next() ?? nil
                }
                #expect(code == .cancelled)
                #expect(server.opened == 0)
            }
        }
    }

    enum Stage: CaseIterable {
        case head, body, streamedUpload, upload
    }

    @Test(.timeLimit(.minutes(1)), arguments: Stage.allCases)
    func cancelsWhileUnderWay(_ stage: Stage) async throws {
        let begun = Mutex(false)
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            if stage == .body { try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx") }
            begun.withLock { $0 = true }
            _ = try await connection.drain()
        } _: { server in
            try await withClient { client in
                let code = try await withThrowingTaskGroup(of: HTTPError.Code?.self) { group in
                    group.addTask {
                        do {
                            let response = try await client.execute(Self.request(stage, server.url))
                            _ = try await response.body.collect(upTo: 100)
                            return nil
                        } catch let error as HTTPError {
                            return error.code
                        }
                    }
                    while !begun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
                    try await Task.sleep(for: .milliseconds(10))
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
                #expect(code == .cancelled)
                try await server.waitUntilClosed(1)
            }
        }
    }

    static func request(_ stage: Stage, _ url: String) -> HTTPRequest {
        switch stage {
        case .head, .body:
            HTTPRequest(url: url)
        case .upload:
            HTTPRequest(method: "PUT", url: url, body: .bytes([UInt8](repeating: 0, count: 100_000)))
        case .streamedUpload:
            HTTPRequest(
                method: "PUT", url: url,
                body: .stream(length: 100) {
                    TestStream { index in
                        if index > 0 { try await Task.sleep(for: .seconds(60)) }
                        return [1]
                    }
                })
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func closesTheConnectionOfADroppedBody() async throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"
        try await TestServer.run(handler: Self.hang(after: text)) { server in
            try await withClient { client in
                let status = try await client.execute(HTTPRequest(url: server.url)).status
                #expect(status == 200)
                try await server.waitUntilClosed(1)
                // One that is read half is closed as well.
                let response = try await client.execute(HTTPRequest(url: server.url))
                for try await chunk in response.body {
                    #expect(chunk == Array("x".utf8))
                    break
                }
            }
            try await server.waitUntilClosed(2)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func reusesConnections() async throws {
        try await TestServer.run(handler: HTTPClientRequestTests.echo) { server in
            try await withClient { client in
                for number in 0..<50 {
                    let response = try await client.execute(
                        HTTPRequest(method: "PUT", url: server.url, body: .bytes(Array("\(number)".utf8))))
                    #expect(response.metrics.reusedConnection == (number > 0))
                    #expect(response.metrics.httpVersion == "1.1")
                    let body = try await response.body.collect(upTo: 100)
                    #expect(body == Array("\(number)".utf8))
                }
                #expect(server.opened == 1)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func servesManyRequestsAtOnce() async throws {
        try await TestServer.run(handler: HTTPClientRequestTests.echo) { server in
            try await withClient {
                $0.maximumConnectionsPerHost = 20
            } _: { client in
                let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let body = [UInt8](repeating: UInt8(number), count: number * 1000)
                            let response = try await client.execute(
                                HTTPRequest(method: "PUT", url: server.url, body: .bytes(body)))
                            let echoed = try await response.body.collect(upTo: 1_000_000)
                            #expect(echoed == body)
                            return echoed.count
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(sum == 200 * 199 / 2 * 1000)
                #expect(server.opened <= 20)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func countsWaitingForAConnectionAsTime() async throws {
        try await TestServer.run(handler: Self.hang(after: "")) { server in
            try await withClient {
                $0.maximumConnections = 1
            } _: { client in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await client.execute(HTTPRequest(url: server.url)) }
                    while server.opened == 0 { try? await Task.sleep(for: .milliseconds(1)) }
                    let error = await #expect(throws: HTTPError.self) {
                        try await client.execute(HTTPRequest(url: server.url, totalTimeout: .milliseconds(50)))
                    }
                    #expect(error?.code == .timeout)
                    #expect(error?.message.contains("no connection was free for 0.05 seconds") == true)
                    group.cancelAll()
                }
                #expect(server.opened == 1)
            }
        }
    }

    /// When the server closes a connection without having said so.
    enum Closing: CaseIterable {
        case afterAnAnswer, onTheNextHead
    }

    @Test(.timeLimit(.minutes(1)), arguments: Closing.allCases, [10, 1_000_000, 20_000_000])
    func triesAgainWhenAKeptConnectionIsDead(_ closing: Closing, size: Int) async throws {
        try await TestServer.run { connection, number in
            while let (_, body) = try await connection.readRequest() {
                try await connection.respond(body: "\(number) \(body.count)")
                guard number == 1 else { continue }
                // What is not read by then makes the system reset the connection while the client is sending.
                if closing == .onTheNextHead { _ = try await connection.readHead() }
                return
            }
        } _: { server in
            try await withClient { client in
                let request = HTTPRequest(
                    method: "PUT", url: server.url, body: .bytes([UInt8](repeating: 1, count: size)))
                let first = try await client.execute(request).body.collect(upTo: 100)
                #expect(first == Array("1 \(size)".utf8))
                let second = try await client.execute(request).body.collect(upTo: 100)
                #expect(second == Array("2 \(size)".utf8))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func shutsDownMoreThanOnceAndEndsWhatIsUnderWay() async throws {
        try await TestServer.run(handler: Self.hang(after: "")) { server in
            let client = HTTPClient(configuration: HTTPClientConfiguration())
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    let error = await #expect(throws: HTTPError.self) {
                        try await client.execute(HTTPRequest(url: server.url))
                    }
                    #expect(error?.code == .shutDown)
                }
                while server.opened == 0 { try? await Task.sleep(for: .milliseconds(1)) }
                group.addTask { await client.shutdown() }
                await client.shutdown()
            }
            await client.shutdown()
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(url: server.url))
            }
            #expect(error?.code == .shutDown)
            try await server.waitUntilClosed(1)
            // One that never did anything.
            await HTTPClient().shutdown()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func letsABodyBeReadAfterTheClientIsDropped() async throws {
        let mayGoOn = Mutex(false)
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            while !mayGoOn.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            try await connection.write("b")
            _ = try await connection.drain()
        } _: { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let response = try await HTTPClient(configuration: configuration).execute(HTTPRequest(url: server.url))
            mayGoOn.withLock { $0 = true }
            let body = try await response.body.collect(upTo: 10)
            #expect(body == Array("ab".utf8))
            // The thread is gone with the last transfer, and with it its connections.
            try await server.waitUntilClosed(1)
        }
    }
}
