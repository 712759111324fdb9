import ArgumentParser
import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A command that ends cleanly when it is interrupted.
protocol InterruptibleCommand: ParsableCommand, Sendable {
    /// Does the work and reports what went wrong.
    func runReporting() async -> ExitStatus
}

extension InterruptibleCommand {
    /// Runs the command until it ends, or until SIGINT or SIGTERM cancels it; a second signal ends the program at once.
    func runUntilInterrupted() async -> ExitStatus {
        let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let signals = TerminationSignals(onSecond: { _ in _exit(ExitStatus.interrupted.rawValue) }) {
            continuation.yield()
        }
        defer { signals.cancel() }
        return await withTaskGroup(of: ExitStatus.self) { group in
            group.addTask { await runReporting() }
            group.addTask {
                for await _ in interruptions { break }
                return .interrupted
            }
            let status = await group.next() ?? .failure
            group.cancelAll()
            await group.waitForAll()
            return status
        }
    }
}
