import CacheServer
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An identity provider on the loopback, whose documents a test can change, and whose keys it signs tokens with.
final class TestIssuer: Sendable {
    /// What it answers to one path.
    struct Document: Sendable {
        var status = HTTPResponse.Status.ok
        var text: String
    }

    let issuer: String
    private let documents: Mutex<[String: Document]>
    private let requests = Mutex<[(path: String, authorization: String?)]>([])

    /// Who answers, once the port is known.
    private final class Holder: Sendable {
        let issuer = Mutex<TestIssuer?>(nil)
    }

    private init(port: Int) {
        issuer = "http://127.0.0.1:\(port)"
        documents = Mutex([:])
    }

    /// The requests so far.
    var paths: [String] { requests.withLock { $0.map(\.path) } }
    var authorizations: [String?] { requests.withLock { $0.map(\.authorization) } }

    func set(_ path: String, _ document: Document?) {
        documents.withLock { $0[path] = document }
    }

    /// Publishes keys, and the discovery document that leads to them.
    func publish(_ keys: [TestKey]) {
        publish(keySet: #"{"keys":["# + keys.map(\.publicJSON).joined(separator: ",") + "]}")
    }

    func publish(keySet: String) {
        set(
            "/.well-known/openid-configuration",
            Document(text: #"{"issuer":"\#(issuer)","jwks_uri":"\#(issuer)/keys"}"#))
        set("/keys", Document(text: keySet))
    }

    /// Runs one during a test.
    static func run<Result: Sendable>(_ body: @Sendable (TestIssuer) async throws -> Result) async throws -> Result {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let holder = Holder()
        let router = Router()
        router.get("/**") { request, _ in
            guard let issuer = holder.issuer.withLock({ $0 }) else { throw HTTPError(.serviceUnavailable) }
            return try issuer.answer(request)
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: TestServer.silent)
        return try await withThrowingTaskGroup { tasks in
            let group = ServiceGroup(services: [application], logger: TestServer.silent)
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let issuer = TestIssuer(port: await iterator.next() ?? 0)
            holder.issuer.withLock { $0 = issuer }
            do {
                let result = try await body(issuer)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    private func answer(_ request: Request) throws -> Response {
        let path = request.uri.path
        requests.withLock { $0.append((path, request.headers[.authorization])) }
        guard let document = documents.withLock({ $0[path] }) else { throw HTTPError(.notFound) }
        return Response(
            status: document.status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: document.text)))
    }
}
