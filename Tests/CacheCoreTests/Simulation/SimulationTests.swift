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
