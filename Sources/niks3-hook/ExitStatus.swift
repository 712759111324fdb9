import ArgumentParser

/// What the program tells its caller.
enum ExitStatus: Int32 {
    case success = 0
    case failure = 1
    case usage = 2

    /// The status for what was thrown while the command line was read, which includes requests for help.
    init(of error: any Error) {
        self = HookCommand.exitCode(for: error) == .success ? .success : .usage
    }
}
