import Subprocess
import Testing

/// `promtool` of Debian's prometheus.
enum Promtool {
    /// Runs it.
    ///
    /// - Parameter input: what it reads.
    /// - Returns: what it says; empty when it has nothing to complain about.
    static func complaints(_ arguments: [String], input: String = "") async throws -> String {
        let outcome = try await Subprocess.run(
            .name("promtool"), arguments: Arguments(arguments), input: .array(Array(input.utf8)),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        // Whatever it complains about, it ends with another status.
        guard outcome.terminationStatus != .exited(0) else { return "" }
        return "\(outcome.terminationStatus): \(outcome.standardOutput)\(outcome.standardError)"
    }
}
