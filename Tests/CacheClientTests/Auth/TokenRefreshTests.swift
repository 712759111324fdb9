import CurlKit
import NarKit
import Synchronization
import Testing

@testable import CacheClient

/// What a 401 does to a request.
@Suite struct TokenRefreshTests {
    /// A source whose token changes when it is asked for another.
    private final class Rotating: TokenSource {
        let description = "the test"
        private let state: Mutex<(tokens: [String], refused: [String])>

        init(_ tokens: [String]) { state = Mutex((tokens, [])) }

        var refused: [String] { state.withLock { $0.refused } }

        func token() async throws(ClientError) -> String? { state.withLock { $0.tokens.first } }

        func token(insteadOf refused: String) async throws(ClientError) -> String? {
            state.withLock { state in
                state.refused.append(refused)
                if state.tokens.first == refused, state.tokens.count > 1 { state.tokens.removeFirst() }
                return state.tokens.first == refused ? nil : state.tokens.first
            }
        }
    }

    /// Asks for an object with a source, from a server that takes one token; what the server saw comes back.
    private func ask(
        _ tokens: any TokenSource, accepting accepted: String
    ) async throws -> (result: Result<Bool, ClientError>, seen: [String]) {
        let seen = Notes<String>()
        let result = try await FakeServer.run(handler: { request, _ in
            seen.add(request.headers["authorization"] ?? "none")
            return .init(request.headers["authorization"] == "Bearer \(accepted)" ? 204 : 401)
        }) { server -> Result<Bool, ClientError> in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            let api = APIClient(server: try ServerURL(server.url), tokens: tokens, http: http)
            let result: Result<Bool, ClientError>
            do throws(ClientError) {
                result = .success(try await api.objectExists("x"))
            } catch {
                result = .failure(error)
            }
            await http.shutdown()
            return result
        }
        return (result, seen.all)
    }

    @Test("a token that was replaced meanwhile is sent again, once")
    func rotated() async throws {
        let tokens = Rotating(["old", "new"])
        let (result, seen) = try await ask(tokens, accepting: "new")
        #expect(try result.get())
        #expect(seen == ["Bearer old", "Bearer new"])
        #expect(tokens.refused == ["old"])
    }

    @Test("a second refusal is final")
    func refusedTwice() async throws {
        let tokens = Rotating(["one", "two", "three"])
        let (result, seen) = try await ask(tokens, accepting: "three")
        let error = #expect(throws: ClientError.self) { try result.get() }
        #expect(error?.code == .unauthorized)
        #expect(seen == ["Bearer one", "Bearer two"])
    }

    @Test("a token that cannot change is not sent twice")
    func fixed() async throws {
        let (result, seen) = try await ask(try FixedToken("only", description: "x"), accepting: "other")
        let error = #expect(throws: ClientError.self) { try result.get() }
        #expect(error?.code == .unauthorized)
        #expect(seen == ["Bearer only"])
    }
}
