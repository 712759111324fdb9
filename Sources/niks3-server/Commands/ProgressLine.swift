import ProgramKit

/// What a command prints: results to the output, and how far it is to a terminal.
///
/// The line of progress is written over; whatever else is printed takes its place.
struct ProgressLine {
    private let isShown = StandardStream.error.isTerminal
    private var shownAt: ContinuousClock.Instant?

    /// Shows how far the work is, a few times a second at most.
    mutating func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let shownAt, now - shownAt < .milliseconds(200) { return }
        shownAt = now
        let columns = StandardStream.error.columns ?? 80
        StandardStream.error.write("\r\u{1b}[K" + text().prefix(max(10, columns - 1)))
    }

    /// Takes the line away.
    mutating func clear() {
        guard shownAt != nil else { return }
        shownAt = nil
        StandardStream.error.write("\r\u{1b}[K")
    }

    /// Prints a line of the result.
    mutating func print(_ line: String) {
        clear()
        StandardStream.output.write(line + "\n")
    }

    /// Prints a line for whoever watches.
    mutating func note(_ line: String) {
        clear()
        StandardStream.error.write(line + "\n")
    }
}
