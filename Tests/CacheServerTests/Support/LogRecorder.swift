import Logging
import ProgramKit
import Synchronization

/// Keeps what is logged, as the program would write it.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    /// All lines so far.
    var text: String { lines.withLock { $0.joined() } }

    var logger: Logger {
        Logger(label: "test") { _ in
            LineLogHandler(level: .debug, format: .text) { line in
                self.lines.withLock { $0.append(line) }
            } now: {
                "T"
            }
        }
    }
}
