import CacheCore
import Synchronization

/// Makes names durable: many requests for one directory share one `fsync`.
///
/// A request that comes while the directory is being synchronised may be about a name that this run does not cover. It
/// waits for the next run, together with all others that came meanwhile.
final class DirectorySync: Sendable {
    private typealias Outcome = Result<Void, ObjectStoreError>

    private enum Turn {
        case lead(followers: [CheckedContinuation<Turn, Never>])
        case done(Outcome)
    }

    private let pool: BlockingPool

    /// For each directory that is being synchronised, who waits for the next run.
    private let waiting = Mutex<[String: [CheckedContinuation<Turn, Never>]]>([:])

    init(pool: BlockingPool) {
        self.pool = pool
    }

    /// Returns once every name that was in the directory at the time of the call is durable.
    func synchronize(_ path: String) async throws(ObjectStoreError) {
        let turn: Turn = await withCheckedContinuation { continuation in
            let leads = waiting.withLock { waiting in
                guard waiting[path] != nil else {
                    waiting[path] = []
                    return true
                }
                waiting[path]?.append(continuation)
                return false
            }
            if leads { continuation.resume(returning: .lead(followers: [])) }
        }
        switch turn {
        case .done(let outcome):
            try outcome.get()
        case .lead(let followers):
            try await lead(path, followers: followers).get()
        }
    }

    private func lead(_ path: String, followers: [CheckedContinuation<Turn, Never>]) async -> Outcome {
        let outcome: Outcome
        do throws(ObjectStoreError) {
            try await pool.run { () throws(ObjectStoreError) in try FileTree.synchronize(directory: path) }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        for follower in followers {
            follower.resume(returning: .done(outcome))
        }
        let next = waiting.withLock { waiting in
            let next = waiting[path] ?? []
            waiting[path] = next.isEmpty ? nil : []
            return next
        }
        next.first?.resume(returning: .lead(followers: Array(next.dropFirst())))
        return outcome
    }
}
