import CacheCore
import Synchronization
import TestServices

/// A rule of the lifecycle that a simulation breaks on purpose, to show that its checks notice.
///
/// Each is brought about beside the code, by SQL right before or after the transaction it spoils, so that nothing comes
/// in between and the code itself knows no switches.
enum Mutation: String, CaseIterable, Sendable, CustomStringConvertible {
    /// What could not be deleted is condemned again, as if it were there.
    case failedDeleteIsCondemned
    /// Giving an upload up condemns what it was to upload.
    case dropCondemns
    /// An upload that completes deletes its claims at once, also while a collection runs.
    case claimsGoAtCommit
    /// A run that takes over has the number of the one it took over.
    case runsShareTheirNumber
    /// The row of what was deleted goes although a client may still write.
    case rowsGoBeforeLateWrites
    /// Clients write narinfos under their final keys.
    case clientsWriteNarInfos
    /// A push does not wait for keys that are being deleted.
    case nobodyWaitsForBusyKeys
    /// The refs of a narinfo are those of the last push.
    case refsAreReplaced
    /// A push claims what it lists, and not what that reaches.
    case nothingIsWalked
    /// What was seen in the bucket is believed without a claim on it.
    case arrivalsNeedNoClaim
    /// A later push adds no reference that an earlier one left out.
    case edgesAreNotRepaired

    var description: String { rawValue }

    /// A seed whose history it spoils.
    var seed: UInt64 {
        switch self {
        case .dropCondemns, .refsAreReplaced: 6
        case .clientsWriteNarInfos: 8
        case .failedDeleteIsCondemned: 10
        case .rowsGoBeforeLateWrites: 21
        case .runsShareTheirNumber: 22
        case .nobodyWaitsForBusyKeys: 41
        case .edgesAreNotRepaired: 92
        case .claimsGoAtCommit: 94
        case .nothingIsWalked: 190
        case .arrivalsNeedNoClaim: 656
        }
    }

    /// A short history it spoils, for those that seldom do; empty for the others.
    var history: [Decision] {
        let push = Work.push(package: 0, build: 0, PushStyle())
        switch self {
        case .runsShareTheirNumber:
            let collect = Work.collect(olderThan: "1h", failedUploadsOlderThan: "6h", isForced: false)
            // The first collection has planned when its server is suspended. Another one takes over and ends; a push takes
            // back what was condemned; then the first goes on, while a third run has just begun.
            return [
                .begin(1, push), .run(1, until: ""), .advance(7 * 3600), .begin(2, collect), .run(2, until: "condemn"),
                .advance(121), .begin(3, collect), .run(3, until: ""), .begin(4, push), .run(4, until: ""),
                .begin(5, collect), .step(5), .run(2, until: ""),
            ]
        case .rowsGoBeforeLateWrites:
            // A client stands before its first PUT while its upload is given up.
            let collect = Work.collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: true)
            return [
                .begin(1, push), .run(1, until: "client.put"), .begin(2, collect), .run(2, until: ""),
                .run(1, until: ""),
            ]
        case .arrivalsNeedNoClaim:
            // A client's NAR was seen in the bucket; before that counts, the upload is given up and the NAR deleted.
            let collect = Work.collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: true)
            return [
                .begin(1, .push(package: 0, build: 0, PushStyle(registers: true))), .run(1, until: "markArrived"),
                .begin(2, collect), .run(2, until: ""), .run(1, until: ""),
            ]
        case .edgesAreNotRepaired:
            // What the first push left out, the second one lists; the root is live already.
            return [
                .begin(1, .push(package: 1, build: 0, PushStyle(isPartial: true))), .run(1, until: ""),
                .begin(2, .push(package: 1, build: 0, PushStyle())), .run(2, until: ""), .advance(3600),
                .begin(3, .collect(olderThan: "100h", failedUploadsOlderThan: "0", isForced: false)),
                .run(3, until: ""),
            ]
        default: return []
        }
    }
}

/// Brings a mutation about in one simulation.
final class Mutator: Sendable {
    private struct Memory {
        /// For each process the keys it has seen in the bucket.
        var seen: [Int: Set<String>] = [:]
        /// What there was before the call.
        var before: LifecycleSnapshot?
    }

    let mutation: Mutation
    private let metadata: MetadataFixture
    private let memory = Mutex(Memory())

    init(_ mutation: Mutation, _ metadata: MetadataFixture) {
        self.mutation = mutation
        self.metadata = metadata
    }

    /// Called when a process is about to make a call.
    func before(_ step: LifecycleStep) async throws {
        switch (mutation, step.name) {
        case (.nobodyWaitsForBusyKeys, "claimChunk"):
            try await metadata.execute("UPDATE objects SET busy_until = 0 WHERE state = 3")
        case (.runsShareTheirNumber, "beginCollection"):
            // The one that begins counts on from here.
            try await metadata.execute("UPDATE run SET id = 0")
        case (.refsAreReplaced, "decide"):
            try await metadata.execute(
                """
                UPDATE objects SET refs = '[]' WHERE key GLOB '*.narinfo' AND id IN (
                    SELECT c.object_id FROM claims AS c JOIN uploads AS u ON u.id = c.upload_id
                    WHERE u.id = \(step.subject) AND u.state = 0 AND c.listed = 1)
                """)
        case (.edgesAreNotRepaired, "decide"), (.dropCondemns, "dropUploads"):
            let snapshot = try await metadata.store.snapshot()
            memory.withLock { $0.before = snapshot }
        default: break
        }
    }

    /// Called when a call has been made, before anything is checked.
    func after(_ step: LifecycleStep, by process: Int, in bucket: ModelObjectStore) async throws {
        switch (mutation, step.name) {
        case (.failedDeleteIsCondemned, "delete"):
            for key in bucket.unansweredDeletes() {
                try await metadata.execute(
                    "UPDATE objects SET state = 2, condemned_at = 1, busy_until = 0 WHERE key = '\(key)' AND state = 3")
            }
        case (.dropCondemns, "dropUploads"):
            for upload in memory.withLock({ $0.before })?.uploads.values ?? [:].values where upload.state == .open {
                try await metadata.execute(
                    """
                    UPDATE objects SET state = 2, condemned_at = 1 WHERE state = 0 AND id IN (
                        SELECT c.object_id FROM claims AS c JOIN uploads AS u ON u.id = c.upload_id
                        WHERE u.id = \(upload.id) AND u.state = 3)
                    """)
            }
        case (.claimsGoAtCommit, "decide"), (.claimsGoAtCommit, "commit"):
            try await metadata.execute(
                """
                DELETE FROM claims
                WHERE upload_id IN (SELECT id FROM uploads WHERE id = \(step.subject) AND state = 2)
                """)
        case (.rowsGoBeforeLateWrites, "endSweep"):
            try await metadata.execute(
                """
                DELETE FROM objects WHERE state = 3 AND gone = 1
                    AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.object_id = objects.id)
                """)
        case (.nothingIsWalked, "decide"):
            try await metadata.execute("DELETE FROM claims WHERE upload_id = \(step.subject) AND listed = 0")
        case (.arrivalsNeedNoClaim, "attributes"):
            if bucket[step.subject] != nil {
                memory.withLock { _ = $0.seen[process, default: []].insert(step.subject) }
            }
        case (.arrivalsNeedNoClaim, "markArrived"):
            for key in memory.withLock({ $0.seen.removeValue(forKey: process) }) ?? [] {
                try await metadata.execute("UPDATE objects SET state = 1 WHERE key = '\(key)' AND state IN (0, 3)")
            }
        case (.edgesAreNotRepaired, "decide"):
            for object in memory.withLock({ $0.before })?.objects.values ?? [:].values where object.state == .live {
                try await metadata.setRefs(object.refs, of: object.id)
            }
        default: break
        }
    }
}
