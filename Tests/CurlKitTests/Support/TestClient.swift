import CurlKit

/// Runs a test with a client that asks no proxy, and shuts it down.
func withClient<Outcome: Sendable>(
    _ configure: (inout HTTPClientConfiguration) -> Void = { _ in },
    _ test: (HTTPClient) async throws -> Outcome
) async throws -> Outcome {
    var configuration = HTTPClientConfiguration()
    configuration.proxy = .none
    configure(&configuration)
    let client = HTTPClient(configuration: configuration)
    do {
        let outcome = try await test(client)
        await client.shutdown()
        return outcome
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Chunks that are made one by one as they are asked for.
struct TestStream: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let next: @Sendable (Int) async throws -> [UInt8]?

    struct AsyncIterator: AsyncIteratorProtocol {
        let step: @Sendable (Int) async throws -> [UInt8]?
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            defer { index += 1 }
            return try await step(index)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(step: next) }
}
