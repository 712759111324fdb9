import CacheClient
import ClientOptions
import CurlKit
import Logging
import ProgramKit
import Synchronization

/// Everything the program writes to standard error: log lines, and below them the progress of a push.
final class Console: Sendable {
    private struct State {
        var progress = PushProgress()
        /// The progress on the terminal, to be overwritten.
        var area = ProgressArea()
        /// The last line of progress where there is no terminal; it is not repeated.
        var lastLine = ""
        var isFinished = false
        /// Whether progress is drawn or written, which says by itself what is tried again.
        var isShowing = false
        /// When it was last said that something is tried again.
        var lastRetry: ContinuousClock.Instant?
    }

    /// How progress is shown.
    private enum Display {
        case none
        /// A few lines that are drawn again and again.
        case terminal
        /// A line now and then.
        case lines
    }

    private let state = Mutex(State())
    private let display: Display
    private let format: OutputOptions.LogFormat
    private let start = ContinuousClock.now
    /// Whether details are shown.
    let isDebugging: Bool
    /// What the program works for; its lines in JSON name it.
    let trace: TraceContext

    /// Decides how to show things.
    ///
    /// - Parameters:
    ///   - options: What the user asked for.
    ///   - environment: The variables of the process: with `TERM=dumb`, `NO_COLOR` or `CI`, lines are written one after the
    ///     other.
    init(_ options: OutputOptions, environment: [String: String]) {
        isDebugging = options.debug
        trace = ServerOptions.trace(environment)
        format = options.logFormat
        if options.noProgress {
            display = .none
        } else if format == .text, StandardStream.error.isTerminal, Self.drawsOver(environment) {
            display = .terminal
        } else {
            display = .lines
        }
    }

    /// Whether the terminal is one on which things are drawn over.
    static func drawsOver(_ environment: [String: String]) -> Bool {
        let isPlain = { (name: String) in !environment[name, default: ""].isEmpty }
        return environment["TERM"] ?? "dumb" != "dumb" && !isPlain("NO_COLOR") && !isPlain("CI")
    }

    /// The logger for libraries, which ends here.
    var logger: Logger {
        var logger = Logger(label: "niks3") { [self] _ in ConsoleLogHandler(console: self) }
        logger.logLevel = isDebugging ? .debug : .info
        return logger
    }

    /// Writes a log line.
    func log(_ level: Logger.Level, _ message: String) {
        guard level >= .info || isDebugging else { return }
        write(line: LogLine(level: level, message: message, traceID: trace.traceID).text(format))
    }

    /// Takes note of what happens during the push.
    func note(_ event: PushEvent) {
        if case .warning(let message) = event { log(.warning, message) }
        let time = ContinuousClock.now - start
        state.withLock { $0.progress.note(event, at: time) }
        if case .finished(let path, let size, let compressed) = event {
            log(.debug, "\(path): \(Quantities.bytes(size)) as \(Quantities.bytes(compressed))")
        }
    }

    /// The attempt from which on it is said that there are several: the first three retries come within a second.
    private static let longAttempt = 5

    /// How often that is said at most.
    private static let retryInterval = Duration.seconds(10)

    /// Takes note of a request that is sent again. Where no progress is shown, says now and then what is waited for.
    func retrying(_ retry: RequestRetry) {
        let now = ContinuousClock.now
        let isSaid = state.withLock { state in
            state.progress.note(retry: "retrying: \(retry.reason)")
            guard retry.attempt >= Self.longAttempt, !state.isShowing,
                state.lastRetry.map({ now - $0 >= Self.retryInterval }) ?? true
            else { return false }
            state.lastRetry = now
            return true
        }
        log(isSaid ? .warning : .debug, "attempt \(retry.attempt): \(retry.reason)")
    }

    /// Shows progress while something is done.
    func showing<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(ClientError) -> Result
    ) async throws(ClientError) -> Result {
        let interval: Duration
        switch display {
        case .none: return try await body()
        case .terminal: interval = .milliseconds(100)
        case .lines: interval = .seconds(5)
        }
        state.withLock { $0.isShowing = true }
        defer { state.withLock { $0.isShowing = false } }
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await body() }
                group.addTask { [self] in
                    while (try? await Task.sleep(for: interval)) != nil { showProgress() }
                    return nil
                }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.cancelled, "The push was interrupted.")
        }
    }

    /// Takes the progress away and writes the closing line.
    func finish(_ summary: String?) {
        state.withLock { $0.isFinished = true }
        if let summary { log(.info, summary) } else { clearBar() }
    }

    // MARK: - Writing

    private func showProgress() {
        let time = ContinuousClock.now - start
        switch display {
        case .none: break
        case .lines:
            let line: String? = state.withLock { state in
                let line = state.progress.line(at: time)
                guard line != state.lastLine, !state.isFinished else { return nil }
                state.lastLine = line
                return line
            }
            if let line { log(.info, line) }
        case .terminal:
            let width = StandardStream.error.columns ?? 80
            let height = StandardStream.error.rows ?? 24
            state.withLock { state in
                guard !state.isFinished else { return }
                let lines = state.progress.lines(at: time, width: width - 1, height: height, usesColor: true)
                StandardStream.error.write(state.area.draw(lines, width: width))
            }
        }
    }

    private func write(line: String) {
        state.withLock { state in
            StandardStream.error.write(state.area.clear(width: StandardStream.error.columns ?? 80) + line + "\n")
        }
    }

    private func clearBar() {
        state.withLock { state in
            let text = state.area.clear(width: StandardStream.error.columns ?? 80)
            if !text.isEmpty { StandardStream.error.write(text) }
        }
    }
}
