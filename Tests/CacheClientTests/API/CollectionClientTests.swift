import CacheCore
import Synchronization
import Testing

@testable import CacheClient
@testable import niks3

/// Collections as the client asks for them.
@Suite struct CollectionClientTests {
    private static let parameters = GCParameters(olderThan: "720h", failedUploadsOlderThan: "6h", force: true)

    private static func status(
        _ state: GCStatusResponse.State, deleted: Int64 = 0, startedAt: Int64 = 1, error: String? = nil
    ) -> GCStatusResponse {
        GCStatusResponse(
            state: state, params: parameters, stats: GCStatistics(objectsDeletedAfterGracePeriod: deleted),
            error: error,
            startedAt: Timestamp(seconds: startedAt), updatedAt: Timestamp(seconds: 2))
    }

    /// Runs a call against answers that come one after the other.
    /// - Returns: what the call returned or threw, and the requests.
    private func run<Value: Sendable>(
        _ answers: [FakeServer.Response], _ body: (APIClient) async throws(ClientError) -> Value
    ) async throws -> (Result<Value, ClientError>, [String]) {
        let rest = Mutex(answers)
        let lines = Mutex<[String]>([])
        return try await FakeServer.run(handler: { request, _ in
            lines.withLock { $0.append("\(request.line)?\(request.query)") }
            return rest.withLock { $0.isEmpty ? FakeServer.Response(500) : $0.removeFirst() }
        }) { server in
            let client = try APIClient(of: server)
            let result: Result<Value, ClientError>
            do throws(ClientError) { result = .success(try await body(client)) } catch { result = .failure(error) }
            return (result, lines.withLock { $0 })
        }
    }

    private static func answer(_ status: Int, _ message: some APIMessage) throws -> FakeServer.Response {
        FakeServer.Response(status, body: try message.encoded())
    }

    @Test func waitsUntilTheCollectionHasEnded() async throws {
        let (result, requests) = try await run([
            Self.answer(202, Self.status(.running)), Self.answer(200, Self.status(.running)),
            Self.answer(200, Self.status(.succeeded, deleted: 7)),
        ]) { client throws(ClientError) in
            try await client.collect(Self.parameters, interval: .milliseconds(1))
        }
        #expect(try result.get() == GCStatistics(objectsDeletedAfterGracePeriod: 7))
        #expect(
            requests == [
                "DELETE /api/closures?older-than=720h&failed-uploads-older-than=6h&force=true", "GET /api/gc/status?",
                "GET /api/gc/status?",
            ])
    }

    @Test func takesTheBareStatisticsOfOldServers() async throws {
        let statistics = GCStatistics(oldClosuresDeleted: 3)
        let (result, requests) = try await run([Self.answer(200, statistics)]) { client throws(ClientError) in
            try await client.collect(Self.parameters)
        }
        #expect(try result.get() == statistics)
        #expect(requests.count == 1)
    }

    @Test func saysWhyACollectionCameToNothing() async throws {
        let failed = try [
            [Self.answer(409, GCConflictResponse(error: "no", activeTask: Self.status(.running)))],
            [
                Self.answer(202, Self.status(.running)),
                Self.answer(200, Self.status(.failed, error: "The disk is full.")),
            ],
            [Self.answer(202, Self.status(.running)), Self.answer(200, Self.status(.running, startedAt: 9))],
            [Self.answer(202, Self.status(.running)), FakeServer.Response(404)],
        ]
        let expected: [(ClientError.Code, String)] = [
            (.rejected, "since 1970-01-01T00:00:01Z"), (.serverFailure, "The disk is full."),
            (.serverFailure, "taken over"), (.serverFailure, "forgotten"),
        ]
        for (answers, (code, words)) in zip(failed, expected) {
            let (result, _) = try await run(answers) { client throws(ClientError) in
                try await client.collect(Self.parameters, interval: .milliseconds(1))
            }
            guard case .failure(let error) = result else {
                Issue.record("a collection succeeded that did not: \(words)")
                continue
            }
            #expect(error.code == code)
            #expect(error.message.contains(words))
        }
    }

    /// A server that does not know `dry_run` must not take the request for a collection.
    @Test func aPlanNeverNamesTheAgeAsACollectionDoes() async throws {
        let plan = GCPlanResponse(
            stats: GCStatistics(oldClosuresDeleted: 1), bytes: 5, largest: [.init(key: "k", size: 5)],
            oldest: [.init(id: "c", updatedAt: Timestamp(seconds: 0))])
        let (result, requests) = try await run([Self.answer(200, plan)]) { client throws(ClientError) in
            try await client.collectionPlan(Self.parameters)
        }
        #expect(try result.get() == plan)
        #expect(
            requests == [
                "DELETE /api/closures?dry_run=true&dry_run_older_than=720h&failed-uploads-older-than=6h&force=true"
            ])
        let (refused, _) = try await run([FakeServer.Response(400, text: "missing older-than")]) {
            client throws(ClientError) in
            try await client.collectionPlan(Self.parameters)
        }
        guard case .failure(let error) = refused else {
            Issue.record("a plan was made out of a refusal")
            return
        }
        #expect(error.code == .rejected)
        #expect(error.message.contains("missing older-than"))
    }

    @Test(
        arguments: [
            (["gc"], "720h", "6h", false, false), (["gc", "-older-than", "30d", "--force"], "720h", "6h", true, false),
            (
                ["gc", "--older-than=0", "-failed-uploads-older-than=90m", "-force=false", "-dry-run"], "0", "90m",
                false, true
            ),
        ])
    func commandLine(words: [String], olderThan: String, failed: String, force: Bool, dryRun: Bool) throws {
        let command = try #require(try Niks3.command(from: words) as? CollectCommand)
        #expect(
            try command.parameters
                == GCParameters(olderThan: olderThan, failedUploadsOlderThan: failed, force: force))
        #expect(command.dryRun == dryRun)
    }

    @Test(arguments: [["gc", "--older-than", "soon"], ["gc", "--older-than=-1h"]])
    func refusesWhatIsNoAge(words: [String]) throws {
        let command = try #require(try Niks3.command(from: words) as? CollectCommand)
        #expect(throws: ClientError.self) { try command.parameters }
    }
}
