public import CacheCore
import NIOCore
import Synchronization

/// Narinfos in memory. Those who ask at once for one that is not there wait for one request to the object store.
///
/// What this server writes or deletes is forgotten at once (``invalidate(_:)``), what another one does within
/// ``NarInfoCacheLimits/lifetime``.
public final class NarInfoCache: Sendable {
    /// An answer that is kept.
    private struct Entry {
        let answer: NarInfoAnswer
        let validUntil: ContinuousClock.Instant
    }

    /// A request to the object store that is under way.
    private struct Load {
        let key: String
        var followers: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    }

    /// What those who wait for another one's request get.
    private enum Outcome: Sendable {
        case answer(NarInfoAnswer)
        case failure(any Error)
        /// It was given up, and says nothing about the narinfo.
        case givenUp
    }

    private struct State {
        var entries: LeastRecentlyUsed<Entry>
        /// The loads whose answers may be kept, by key.
        var current: [String: UInt64] = [:]
        var loads: [UInt64: Load] = [:]
        var lastNumber: UInt64 = 0

        mutating func number() -> UInt64 {
            lastNumber += 1
            return lastNumber
        }
    }

    /// What somebody who wants a narinfo has to do.
    private enum Turn {
        case take(NarInfoAnswer)
        case load(UInt64, held: HeldNarInfo?)
        case follow(UInt64)
    }

    /// What a narinfo's key and the bookkeeping take besides its text, about, in bytes.
    private static let overhead = 1024

    /// How much is kept, and for how long.
    public let limits: NarInfoCacheLimits
    private let state: Mutex<State>

    /// - Parameter limits: how much is kept, and for how long.
    public init(limits: NarInfoCacheLimits = NarInfoCacheLimits()) {
        self.limits = limits
        state = Mutex(State(entries: LeastRecentlyUsed(capacity: limits.bytes)))
    }

    /// Forgets a key that was written or deleted, or may have been. Requests under way give their answer only to those who
    /// wait for it.
    public func invalidate(_ key: String) {
        state.withLock { state in
            state.entries.remove(key)
            state.current[key] = nil
        }
    }

    /// The same store; what is written or deleted through it is forgotten here.
    public func following(_ store: any ObjectStore) -> any ObjectStore {
        ChangeNotifyingStore(store) { self.invalidate($0) }
    }

    /// What all that is kept takes, about, in bytes.
    public var bytes: Int { state.withLock { $0.entries.cost } }

    /// How many wait for another one's request.
    var followers: Int { state.withLock { $0.loads.values.reduce(0) { $0 + $1.followers.count } } }

    /// What is kept and may be used without asking anybody; nil otherwise.
    func held(_ key: String) -> NarInfoAnswer? {
        state.withLock { state in
            guard let entry = state.entries.value(for: key), entry.validUntil > .now else { return nil }
            return entry.answer
        }
    }

    /// The answer for a key: kept, or what `load` gives, which of those who ask at once only one calls.
    ///
    /// Somebody whose task is cancelled while he loads leaves that to the next.
    /// - Parameter load: asks the object store. It is given what is held and has to be confirmed.
    /// - Throws: what `load` throws, also that of another one who was asking already.
    func answer(
        for key: String, load: (_ held: HeldNarInfo?) async throws -> LoadedNarInfo
    ) async throws -> NarInfoAnswer {
        while true {
            switch turn(key) {
            case .take(let answer):
                return answer
            case .load(let number, let held):
                do {
                    let loaded = try await load(held)
                    return finish(number, held.answer(confirmedBy: loaded))
                } catch {
                    end(number, Task.isCancelled ? .givenUp : .failure(error))
                    throw error
                }
            case .follow(let number):
                switch await outcome(of: number) {
                case .answer(let answer): return answer
                case .failure(let error): throw error
                case .givenUp: try Task.checkCancellation()
                }
            }
        }
    }

    private func turn(_ key: String) -> Turn {
        state.withLock { state in
            let entry = state.entries.value(for: key)
            if let entry, entry.validUntil > .now { return .take(entry.answer) }
            if let number = state.current[key] { return .follow(number) }
            let number = state.number()
            state.current[key] = number
            state.loads[number] = Load(key: key)
            guard case .found(let held) = entry?.answer else { return .load(number, held: nil) }
            return .load(number, held: held)
        }
    }

    private func finish(_ number: UInt64, _ answer: NarInfoAnswer) -> NarInfoAnswer {
        let (cost, lifetime) =
            switch answer {
            case .found(let found): (found.bytes.readableBytes + Self.overhead, limits.lifetime)
            case .large: (Self.overhead, limits.lifetime)
            case .absent: (Self.overhead, limits.absence)
            }
        state.withLock { state in
            // One that was invalidated meanwhile may be older than what is there now.
            guard let key = state.loads[number]?.key, state.current[key] == number else { return }
            state.entries.insert(Entry(answer: answer, validUntil: .now + lifetime), for: key, cost: cost)
        }
        end(number, .answer(answer))
        return answer
    }

    private func end(_ number: UInt64, _ outcome: Outcome) {
        let load = state.withLock { state in
            let load = state.loads.removeValue(forKey: number)
            if let load, state.current[load.key] == number { state.current[load.key] = nil }
            return load
        }
        for follower in (load?.followers ?? [:]).values { follower.resume(returning: outcome) }
    }

    private func outcome(of load: UInt64) async -> Outcome {
        let follower = state.withLock { $0.number() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.loads[load] != nil, !Task.isCancelled else { return true }
                    state.loads[load]?.followers[follower] = continuation
                    return false
                }
                if isOver { continuation.resume(returning: .givenUp) }
            }
        } onCancel: {
            state.withLock { $0.loads[load]?.followers.removeValue(forKey: follower) }?.resume(returning: .givenUp)
        }
    }
}

extension HeldNarInfo? {
    /// What is known after the object store was asked whether this is still so.
    fileprivate func answer(confirmedBy loaded: LoadedNarInfo) -> NarInfoAnswer {
        switch (loaded, self) {
        case (.found(let found), _): .found(found)
        case (.unchanged, let held?): .found(held)
        // A store that was told of nothing has nothing to find unchanged.
        case (.unchanged, nil): .absent(nil)
        case (.absent(let status), _): .absent(status)
        case (.large, _): .large
        }
    }
}
