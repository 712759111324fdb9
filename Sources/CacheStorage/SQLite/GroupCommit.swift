import GRDB
import Synchronization

/// Runs the writes of many callers, and lets those that wait at the same time share one commit.
///
/// A commit waits for the disk; while one does, the next writes gather. Each write is a transaction to its caller: it
/// runs alone, in a savepoint if it has company, fails alone, and is answered only when it is durable. No more writes wait
/// than there are callers.
final class GroupCommit: Sendable {
    /// A write that waits.
    private struct Entry: Sendable {
        /// Does the work.
        var perform: @Sendable (Database) throws -> Void
        /// Answers the caller, once it is known whether the work is durable.
        var finish: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isScheduled = false
    }

    /// How many writes share a commit at most.
    private static let groupLimit = 100

    private let database: any DatabaseWriter
    private let state = Mutex(State())

    init(_ database: any DatabaseWriter) {
        self.database = database
    }

    /// Runs a write. It is not begun when the task is cancelled already, and finished once it is begun.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        let slot = Slot<Value>()
        return try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Entry(
                    perform: { database in
                        let value = try body(database)
                        slot.value.withLock { $0 = value }
                    },
                    finish: { outcome in
                        continuation.resume(
                            with: outcome.flatMap {
                                slot.value.withLock { $0 }.map { .success($0) } ?? .failure(CancellationError())
                            })
                    }))
        }
    }

    /// Where a write leaves its value until it is durable.
    private final class Slot<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private func enqueue(_ entry: Entry) {
        let isFirst = state.withLock { state in
            state.waiting.append(entry)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        database.asyncWriteWithoutTransaction { self.commitGroup($0) }
    }

    private func commitGroup(_ connection: Database) {
        let (group, hasMore) = state.withLock { state in
            let group = Array(state.waiting.prefix(GroupCommit.groupLimit))
            state.waiting.removeFirst(group.count)
            state.isScheduled = !state.waiting.isEmpty
            return (group, state.isScheduled)
        }
        if hasMore { schedule() }
        for (entry, outcome) in zip(group, outcomes(of: group, connection)) { entry.finish(outcome) }
    }

    /// Runs the writes of a group in one transaction.
    private func outcomes(of group: [Entry], _ connection: Database) -> [Result<Void, any Error>] {
        var outcomes: [Result<Void, any Error>] = []
        do {
            try connection.inTransaction(.immediate) {
                if group.count == 1 {
                    // One that is alone fails with the transaction.
                    try group[0].perform(connection)
                    outcomes = [.success(())]
                } else {
                    for entry in group { outcomes.append(try perform(entry, connection)) }
                }
                return .commit
            }
        } catch {
            // Nothing of the group was kept.
            outcomes = group.map { _ in .failure(error) }
        }
        return outcomes
    }

    /// Runs one write of a group.
    /// - Throws: what ended the whole transaction; what went wrong in this write alone is its outcome.
    private func perform(_ entry: Entry, _ connection: Database) throws -> Result<Void, any Error> {
        do {
            try connection.inSavepoint {
                try entry.perform(connection)
                return .commit
            }
            return .success(())
        } catch {
            guard connection.isInsideTransaction else { throw error }
            return .failure(error)
        }
    }
}
