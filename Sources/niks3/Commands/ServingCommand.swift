import ArgumentParser

/// A command that works until a signal ends it, and hears of signals itself.
protocol ServingCommand: ParsableCommand {
    /// Does the work and reports what went wrong.
    func serve() async -> ExitStatus
}
