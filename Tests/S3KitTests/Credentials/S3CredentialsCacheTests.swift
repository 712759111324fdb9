import S3Kit
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct S3CredentialsCacheTests {
    /// A source whose every answer a test decides on, with a clock that it sets.
    final class Script: S3CredentialsSource {
        typealias Step = @Sendable (_ call: Int) async throws(S3Error) -> S3CredentialsFinding

        let calls = Mutex(0)
        let seconds = Mutex(0.0)
        let step: Step

        init(_ step: @escaping Step) {
            self.step = step
        }

        func lookUp() async throws(S3Error) -> S3CredentialsFinding {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return try await step(call)
        }

        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
        func advance(to time: Double) { seconds.withLock { $0 = time } }
        var count: Int { calls.withLock { $0 } }

        func cache() -> S3CredentialsCache { S3CredentialsCache(self, now: { self.now }) }
    }

    static func key(_ number: Int, until end: Double?) -> S3CredentialsFinding {
        .found(
            S3ResolvedCredentials(
                credentials: S3Credentials(accessKeyID: "\(number)", secretAccessKey: "s"),
                expiration: end.map { Date(timeIntervalSince1970: $0) }))
    }

    static let outage = S3Error(.badCredentials, operation: "test", message: "out of order")

    @Test func renewsBeforeTheEnd() async throws {
        let script = Script { call in Self.key(call, until: Double(call) * 3600) }
        let cache = script.cache()
        for (time, id) in [(0.0, "1"), (3299, "1"), (3301, "2"), (3302, "2"), (6899, "2"), (6901, "3")] {
            script.advance(to: time)
            #expect(try await cache.credentials().accessKeyID == id)
        }
        #expect(script.count == 3)
    }

    @Test func neverRenewsWhatLasts() async throws {
        let script = Script { call in Self.key(call, until: nil) }
        let cache = script.cache()
        for time in [0.0, 1e9] {
            script.advance(to: time)
            #expect(try await cache.credentials().accessKeyID == "1")
        }
    }

    @Test func doesNotRenewShortLivesAllTheTime() async throws {
        let script = Script { call in Self.key(call, until: 60) }
        let cache = script.cache()
        for (time, id) in [(0.0, "1"), (9, "1"), (11, "2"), (20, "2"), (22, "3")] {
            script.advance(to: time)
            #expect(try await cache.credentials().accessKeyID == id)
        }
    }

    @Test func usesOldOnesWhileRenewingFails() async throws {
        let script = Script { call throws(S3Error) in
            guard call != 2, call != 3 else { throw Self.outage }
            return Self.key(call, until: Double(call) * 1000)
        }
        let cache = script.cache()
        for (time, id, calls) in [(0.0, "1", 1), (701, "1", 2), (705, "1", 2), (712, "1", 3), (723, "4", 4)] {
            script.advance(to: time)
            #expect(try await cache.credentials().accessKeyID == id)
            #expect(script.count == calls)
        }
    }

    @Test func failsWhenTheOldOnesHaveEnded() async throws {
        let script = Script { call throws(S3Error) in
            guard call == 1 else { throw Self.outage }
            return Self.key(call, until: 1000)
        }
        let cache = script.cache()
        _ = try await cache.credentials()
        script.advance(to: 1000)
        await expectS3Error(.badCredentials) { _ = try await cache.credentials() }
    }

    @Test func refusesWhatHasEndedAlready() async throws {
        let script = Script { call in Self.key(call, until: -1) }
        let error = await expectS3Error(.badCredentials) { _ = try await script.cache().credentials() }
        #expect(error?.message == "those handed out have expired already; check this machine's clock")
    }

    @Test func forgetsOnlyWhatWasRefused() async throws {
        let script = Script { call in Self.key(call, until: nil) }
        let cache = script.cache()
        let first = try await cache.credentials()
        cache.forget(first)
        let second = try await cache.credentials()
        #expect(second.accessKeyID == "2")
        cache.forget(first)
        #expect(try await cache.credentials() == second)
    }

    @Test(.timeLimit(.minutes(1))) func renewsOnceForAll() async throws {
        let script = Script { call in
            try? await Task.sleep(for: .milliseconds(50))
            return Self.key(call, until: nil)
        }
        let cache = script.cache()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cache.credentials().accessKeyID } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids == ["1"])
        #expect(script.count == 1)
    }

    @Test(.timeLimit(.minutes(1))) func tellsAllOfAFailure() async throws {
        let script = Script { _ throws(S3Error) in
            try? await Task.sleep(for: .milliseconds(50))
            throw Self.outage
        }
        let cache = script.cache()
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(S3Error) {
                        _ = try await cache.credentials()
                        return false
                    } catch {
                        return error.code == .badCredentials
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
        #expect(script.count < 20)
    }

    @Test(.timeLimit(.minutes(1))) func handsOverWhenTheOneWhoAsksGivesUp() async throws {
        let script = Script { call throws(S3Error) in
            guard call == 1 else { return Self.key(call, until: nil) }
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                throw S3Error(.cancelled, operation: "test", message: "cancelled")
            }
            return Self.key(call, until: nil)
        }
        let cache = script.cache()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: String.self) { inner in
                    inner.addTask { try await cache.credentials().accessKeyID }
                    while script.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
                    try await Task.sleep(for: .milliseconds(50))
                    inner.cancelAll()
                    return (try? await inner.next()) ?? "cancelled"
                }
            }
            while script.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
            group.addTask { try await cache.credentials().accessKeyID }
            let results = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(results == ["cancelled", "2"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func letsThoseWhoWaitGiveUp() async throws {
        let script = Script { call in
            try? await Task.sleep(for: .seconds(60))
            return Self.key(call, until: nil)
        }
        let cache = script.cache()
        await withTaskGroup(of: S3Error.Code?.self) { group in
            group.addTask {
                _ = try? await cache.credentials()
                return nil
            }
            while script.count == 0 { try? await Task.sleep(for: .milliseconds(1)) }
            await withTaskGroup(of: S3Error.Code?.self) { inner in
                inner.addTask {
                    do throws(S3Error) {
                        _ = try await cache.credentials()
                        return nil
                    } catch {
                        return error.code
                    }
                }
                try? await Task.sleep(for: .milliseconds(20))
                inner.cancelAll()
                #expect(await inner.next() == .cancelled)
            }
            group.cancelAll()
        }
    }
}
