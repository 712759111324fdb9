import CacheCore
import TestServices
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Simulated histories") struct SimulationTests {
    /// How many seeds `make simulate` asks for, from which one on.
    static let asked = ProcessInfo.processInfo.environment["NIKS3_SIMULATE_SEEDS"].flatMap(UInt64.init)
    static let first = ProcessInfo.processInfo.environment["NIKS3_SIMULATE_FROM"].flatMap(UInt64.init) ?? 1

    /// How many histories are played where nobody asks for more.
    static let seeds: UInt64 = 2000

    @Test("keep every promise, on SQLite")
    func sqlite() async throws {
        let count = Self.asked ?? Self.seeds
        #expect(try await Self.play(count) == count)
    }

    @Test("keep every promise, on PostgreSQL")
    func postgres() async throws {
        for seed in Self.first..<Self.first + (Self.asked ?? 2000) / 200 {
            if let failure = try await Simulation.failure(of: seed, .postgres) { Issue.record("\(failure)") }
        }
    }

    @Test("break an invariant when a rule of the code is broken", arguments: Mutation.allCases)
    func mutations(mutation: Mutation) async throws {
        // Whoever changes what the code calls changes the histories: one that fails is soon found again.
        #expect(try await Self.seed(thatCatches: mutation, in: mutation.seed..<mutation.seed + 500) != nil)
    }

    @Test(
        "break an invariant in a history that was kept for a rule",
        arguments: Mutation.allCases.filter { !$0.history.isEmpty })
    func keptHistories(mutation: Mutation) async throws {
        #expect(try await Simulation.run(.script(mutation.history)).violations == [])
        let outcome = try await Simulation.run(.script(mutation.history), mutation: mutation, keepsTrace: true)
        #expect(!outcome.violations.isEmpty, "\(outcome.trace.map(Simulation.name))")
    }

    @Test("keep every promise where the code once broke one", arguments: formerFlaws.keys.sorted())
    func brokenOnce(name: String) async throws {
        let outcome = try await Simulation.run(.script(Self.formerFlaws[name] ?? []), keepsTrace: true)
        #expect(outcome.violations == [], "\(outcome.trace.map(Simulation.name))")
    }

    static let formerFlaws: [String: [Decision]] = [
        // A narinfo is condemned while a write of it may yet arrive, so that only its NAR and its listing are deleted. A push
        // takes it back and uploads the NAR, but its listing does not arrive in time.
        "a narinfo that is taken back does not need the listing it had": [
            .begin(1, .push(package: 0, build: 0, PushStyle())), .run(1, until: "put"),
            .begin(2, .collect(olderThan: "1h", failedUploadsOlderThan: "0", isForced: false)), .run(2, until: ""),
            .begin(3, .collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: true)), .run(3, until: ""),
            .begin(4, .push(package: 0, build: 0, PushStyle(stages: true))), .run(4, until: "client.put"), .step(4),
            .fault(.late(.unavailable)), .step(4), .run(1, until: ""), .run(4, until: ""),
        ],
        // The same, but who takes it back does not list its listing, whose row then goes.
        "a narinfo that is pulled again does not need the listing it had": [
            .begin(1, .push(package: 0, build: 0, PushStyle())), .run(1, until: "put"),
            .begin(2, .collect(olderThan: "1h", failedUploadsOlderThan: "0", isForced: false)), .run(2, until: ""),
            .begin(3, .collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: true)), .run(3, until: ""),
            .begin(4, .pull(package: 0, build: 0, partSize: 8 << 20)), .run(4, until: ""),
        ],
        // The same, but it is taken back since what is pushed refers to it.
        "a narinfo that is referred to again does not need the listing it had": [
            .begin(1, .push(package: 1, build: 0, PushStyle())), .run(1, until: "put"), .step(1), .run(1, until: "put"),
            .begin(2, .collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: false)), .run(2, until: ""),
            .begin(3, .collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: false)), .run(3, until: "delete"),
            .advance(121),
            .begin(4, .push(package: 1, build: 0, PushStyle(isPartial: true))), .run(4, until: ""),
            .run(1, until: ""), .run(3, until: ""),
        ],
        // A push learns that it was completed when its closure was old enough to go and only a part of it came back.
        "a promise ends with its closure": [
            .begin(1, .push(package: 1, build: 0, PushStyle())), .run(1, until: "commit"),
            .begin(2, .collect(olderThan: "1h", failedUploadsOlderThan: "0", isForced: false)), .run(2, until: ""),
            .advance(7 * 3600),
            .begin(3, .collect(olderThan: "0", failedUploadsOlderThan: "0", isForced: true)), .run(3, until: ""),
            .begin(4, .pull(package: 1, build: 1, partSize: 8 << 20)), .run(4, until: ""), .run(1, until: ""),
        ],
    ]

    @Test(
        "find every broken rule anew within 10,000 seeds", .enabled(if: asked != nil), arguments: Mutation.allCases)
    func mutationsAnew(mutation: Mutation) async throws {
        let seed = try await Self.seed(thatCatches: mutation, in: Self.first..<Self.first + 10_000)
        print("seed \(seed.map(String.init) ?? "none") catches \(mutation)")
        #expect(seed != nil)
    }

    private static func seed(thatCatches mutation: Mutation, in seeds: Range<UInt64>) async throws -> UInt64? {
        for seed in seeds {
            let outcome = try await Simulation.run(DecisionSource(seed: seed), mutation: mutation)
            if !outcome.violations.isEmpty { return seed }
        }
        return nil
    }

    @Test("are the same for the same seed")
    func repeatable() async throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let first = try await Simulation.run(DecisionSource(seed: seed), keepsTrace: true)
            let second = try await Simulation.run(DecisionSource(seed: seed), keepsTrace: true)
            #expect(first.trace == second.trace)
            let again = try await Simulation.run(.script(first.decisions), keepsTrace: true)
            #expect(first.trace == again.trace)
        }
    }

    /// Plays histories, four at a time: each waits for its own threads most of the time.
    /// - Returns: how many; the first that fails is recorded and ends it.
    private static func play(_ count: UInt64) async throws -> UInt64 {
        try await withThrowingTaskGroup(of: Simulation.Failure?.self) { group in
            var next = first
            var played: UInt64 = 0
            func begin() {
                let seed = next
                next += 1
                group.addTask { try await Simulation.failure(of: seed) }
            }
            for _ in 0..<min(4, count) { begin() }
            while let failure = try await group.next() {
                if let failure {
                    Issue.record("\(failure)")
                    return played
                }
                played += 1
                if next < first + count { begin() }
            }
            return played
        }
    }
}
