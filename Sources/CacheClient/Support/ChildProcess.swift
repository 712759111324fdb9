internal import Subprocess

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// Runs a program in a group of its own, so that an interrupt at the terminal reaches it through us.
enum ChildProcess {
    /// What is left of a program that has ended.
    struct Result: Sendable {
        var status: TerminationStatus
        var standardOutput: [UInt8]
        var standardError: [UInt8]
        /// Whether it was ended because its time was over.
        var wasTooSlow = false
    }

    /// Runs a program without input and collects what it prints.
    ///
    /// - Parameters:
    ///   - program: Its name or path.
    ///   - arguments: Its arguments.
    ///   - outputLimit: The largest number of bytes it may print.
    ///   - errorLimit: The same, on standard error.
    ///   - timeLimit: How long it may take; then, and when the task is cancelled, it is asked to end, and killed 2 s later.
    /// - Throws: `SubprocessError`, or `CancellationError`.
    static func run(
        _ program: String, _ arguments: [String], outputLimit: Int, errorLimit: Int, timeLimit: Duration
    ) async throws -> Result {
        var platformOptions = PlatformOptions()
        platformOptions.processGroupID = 0
        platformOptions.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let options = platformOptions
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
                    platformOptions: options, output: .bytes(limit: outputLimit), error: .bytes(limit: errorLimit))
                return Result(
                    status: result.terminationStatus, standardOutput: result.standardOutput,
                    standardError: result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            if let result = try await group.next() ?? nil {
                try Task.checkCancellation()
                return result
            }
            // Its time is over: cancelling the task ends the program.
            group.cancelAll()
            let ended = try? await group.next() ?? nil
            try Task.checkCancellation()
            return Result(
                status: ended?.status ?? .signaled(15), standardOutput: [], standardError: ended?.standardError ?? [],
                wasTooSlow: true)
        }
    }

    /// How a program ended, as `exit status 3`.
    static func text(of status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }

    /// The last three lines of what a program said, as one.
    static func lastLines(of standardError: [UInt8]) -> String {
        let lines = String(decoding: standardError.suffix(2_000), as: UTF8.self).split(whereSeparator: \.isNewline)
        let text = lines.suffix(3).joined(separator: "; ")
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
