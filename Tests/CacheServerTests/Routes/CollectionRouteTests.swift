import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct CollectionRouteTests {
    private static func status(_ response: TestResponse) throws -> GCStatusResponse {
        try GCStatusResponse.decode(Array(response.text.utf8))
    }

    @Test func aCollectionIsBegunOnceAndItsStatusIsTold() async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                #expect(try await client.send(.get, "/api/gc/status", token: TestServer.token).status == .notFound)
                let path = "/api/closures?older-than=720h"
                let begun = try await client.send(.delete, path, token: TestServer.token)
                #expect(begun.status == .accepted)
                let status = try Self.status(begun)
                #expect(status.state == .running)
                #expect(status.params == GCParameters(olderThan: "720h", failedUploadsOlderThan: "6h", force: false))
                #expect(status.stats == GCStatistics())
                #expect(!begun.text.contains("\"phase\""))

                let same = try await client.send(
                    .delete, path + "&failed-uploads-older-than=6h", token: TestServer.token)
                #expect(same.status == .accepted)
                #expect(try Self.status(same) == status)
                // Compared as they were sent, not as what they mean.
                for other in [
                    "?older-than=30d", "?older-than=720h&force=true", "?older-than=720h&pending-older-than=1h",
                ] {
                    let refused = try await client.send(.delete, "/api/closures" + other, token: TestServer.token)
                    #expect(refused.status == .conflict)
                    let conflict = try GCConflictResponse.decode(Array(refused.text.utf8))
                    #expect(conflict.activeTask == status)
                }
                server.collections.stop()
                await server.collections.run()
                let ended = try await client.send(.get, "/api/gc/status", token: TestServer.token)
                #expect(ended.status == .ok)
                #expect(try Self.status(ended).state == .failed)
            }
        }
    }

    @Test func statusHasTheFieldsThatClientsRead() throws {
        let running = GCStatusResponse(
            state: .running, phase: .cleanUpObjects, params: GCParameters(olderThan: "720h"),
            stats: GCStatistics(
                failedUploadsDeleted: 1, oldClosuresDeleted: 2, objectsMarkedForDeletion: 3,
                objectsDeletedAfterGracePeriod: 4, objectsFailedToDelete: 5),
            startedAt: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 1))
        let text = String(decoding: try running.encoded(), as: UTF8.self)
        #expect(
            text
                == #"{"params":{"failed_uploads_older_than":"6h","force":false,"older_than":"720h"},"#
                + #""phase":"cleanup_orphan_objects","started_at":"1970-01-01T00:00:00Z","state":"running","#
                + #""stats":{"failed_uploads_deleted":1,"objects_deleted_after_grace_period":4,"#
                + #""objects_failed_to_delete":5,"objects_marked_for_deletion":3,"old_closures_deleted":2},"#
                + #""updated_at":"1970-01-01T00:00:01Z"}"#)
    }

    @Test(arguments: [
        "", "?older-than=", "?older-than=x", "?older-than=-1h", "?older-than=1h&failed-uploads-older-than=x",
    ])
    func refusesWhatIsNoAge(query: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                for rest in ["", query.isEmpty ? "?dry_run=true" : "&dry_run=true"] {
                    let refused = try await client.send(
                        .delete, "/api/closures" + query + rest, token: TestServer.token)
                    #expect(refused.status == .badRequest)
                }
                #expect(try await client.send(.get, "/api/gc/status", token: TestServer.token).status == .notFound)
            }
        }
    }

    @Test(arguments: ["older-than", "dry_run_older_than"])
    func aDryRunChangesNothing(name: String) async throws {
        try await TestServer.run { server in
            try await server.routes { client in
                let plan = try await client.send(
                    .delete, "/api/closures?dry_run=true&\(name)=720h", token: TestServer.token)
                #expect(plan.status == .ok)
                #expect(
                    try GCPlanResponse.decode(Array(plan.text.utf8))
                        == GCPlanResponse(stats: GCStatistics(), bytes: 0, largest: [], oldest: []))
                #expect(try await client.send(.get, "/api/gc/status", token: TestServer.token).status == .notFound)
            }
        }
    }
}
