import TestServices

extension Simulation {
    /// A failing history without what it does not need to fail.
    struct Failure: CustomStringConvertible, Sendable {
        var seed: UInt64
        var violations: [String]
        var decisions: Int
        var trace: [String]

        var description: String {
            (["seed \(seed), made smaller to \(decisions) decisions:"] + violations.map { "  " + Simulation.name($0) }
                + trace.map { "    " + Simulation.name($0) })
                .joined(separator: "\n")
        }
    }

    /// Plays the history of a seed.
    /// - Returns: nil when all holds; else a small history that fails in the same way.
    static func failure(
        of seed: UInt64, _ kind: MetadataKind = .sqlite, mutation: Mutation? = nil
    ) async throws -> Failure? {
        let outcome = try await run(DecisionSource(seed: seed), kind, mutation: mutation)
        guard let first = outcome.violations.first else { return nil }
        let decisions = try await minimal(outcome.decisions, kind, mutation, rule(first))
        let last = try await run(.script(decisions), kind, mutation: mutation, keepsTrace: true)
        return Failure(
            seed: seed, violations: last.violations, decisions: decisions.count, trace: last.trace)
    }

    /// The name of the invariant that a violation begins with.
    private static func rule(_ violation: String) -> Substring { violation.prefix { $0 != ":" } }

    /// Leaves decisions out, by ever smaller pieces, as long as the same rule is broken.
    ///
    /// Source: A. Zeller, R. Hildebrandt, Simplifying and isolating failure-inducing input (2002).
    private static func minimal(
        _ decisions: [Decision], _ kind: MetadataKind, _ mutation: Mutation?, _ wanted: Substring
    ) async throws -> [Decision] {
        var decisions = decisions
        var size = decisions.count / 2
        var runs = 0
        while size > 0, runs < 600 {
            var start = 0
            var isSmaller = false
            while start < decisions.count, runs < 600 {
                var candidate = decisions
                candidate.removeSubrange(start..<min(start + size, decisions.count))
                runs += 1
                let outcome = try await run(.script(candidate), kind, mutation: mutation)
                if let first = outcome.violations.first, rule(first) == wanted {
                    decisions = outcome.decisions
                    isSmaller = true
                } else {
                    start += size
                }
            }
            if !isSmaller || size > 1 { size /= 2 }
        }
        return decisions
    }
}
