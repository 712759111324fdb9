import CacheClient
import NarKit

/// How far a push is, and how that looks.
struct PushProgress: Equatable {
    private struct Sample: Equatable {
        var at: Duration
        var bytes: UInt64
    }

    private var isConnected = false
    private var plannedPaths: Int?
    private var isCompared = false
    private var nars = 0
    private var finishedNars = 0
    private var bytesToRead: UInt64 = 0
    private var bytesRead: UInt64 = 0
    private var bytesSent: UInt64 = 0
    private var samples: [Sample] = []
    private var retry: String?
    /// The NARs under way, in the order in which they were begun.
    private var active: [ActiveNar] = []

    private struct ActiveNar: Equatable {
        var path: StorePath
        var bytes: UInt64
    }

    /// How many of the NARs under way are named.
    private static let namedNars = 4

    /// The rate is that of the last few seconds.
    private static let window = Duration.seconds(8)

    /// Takes note of an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - time: When it happened, since the push began.
    mutating func note(_ event: PushEvent, at time: Duration) {
        switch event {
        case .connected:
            isConnected = true
            retry = nil
        case .planned(let paths, _):
            plannedPaths = paths
        case .compared(_, let count, let bytes):
            isCompared = true
            nars += count
            bytesToRead += bytes
            addSample(at: time)
        case .read(let bytes):
            bytesRead += bytes
            retry = nil
            addSample(at: time)
        case .sent(let bytes):
            bytesSent += bytes
            retry = nil
        case .started(let path, let bytes) where bytes > 0:
            active.append(ActiveNar(path: path, bytes: bytes))
        case .finished(let path, _, _):
            finishedNars += 1
            if let index = active.firstIndex(where: { $0.path == path }) { active.remove(at: index) }
        case .started, .warning, .kept:
            break
        }
    }

    /// Takes note of a request that is going to be sent again.
    mutating func note(retry reason: String) { retry = reason }

    private mutating func addSample(at time: Duration) {
        if let last = samples.last, time - last.at < .milliseconds(200) {
            samples[samples.count - 1].bytes = bytesRead
            return
        }
        samples.append(Sample(at: time, bytes: bytesRead))
        while samples.count > 2, time - samples[1].at > Self.window { samples.removeFirst() }
    }

    /// Bytes of NARs read a second, lately.
    private func rate(at time: Duration) -> Double {
        guard let first = samples.first else { return 0 }
        let seconds = (time - first.at) / .seconds(1)
        return seconds > 0.5 ? Double(bytesRead - first.bytes) / seconds : 0
    }

    /// The line without a bar, for logs and narrow terminals.
    ///
    /// - Parameter time: The time since the push began.
    func line(at time: Duration) -> String {
        guard isConnected else { return "asking the server" + (retry.map { ", \($0)" } ?? "") }
        guard let plannedPaths else { return "reading the closure" }
        guard isCompared else { return "comparing \(Quantities.count(plannedPaths, "path")) with the cache" }
        guard finishedNars < nars else { return "publishing \(Quantities.count(plannedPaths, "path"))" }
        var parts = [
            "\(finishedNars)/\(nars) paths", "\(Quantities.bytes(bytesRead)) of \(Quantities.bytes(bytesToRead))",
            "\(Quantities.bytes(bytesSent)) sent",
        ]
        let rate = rate(at: time)
        if rate >= 1 {
            parts.append("\(Quantities.bytes(UInt64(rate)))/s")
            let rest = bytesToRead > bytesRead ? Double(bytesToRead - bytesRead) / rate : 0
            if rest < 360_000 { parts.append("ETA \(Quantities.clock(Int(rest.rounded(.up))))") }
        }
        if let retry { parts.append(retry) }
        return parts.joined(separator: ", ")
    }

    /// The lines for a terminal: the bar, and below it what is under way.
    ///
    /// - Parameters:
    ///   - time: The time since the push began.
    ///   - width: The columns of the terminal; no line is longer.
    ///   - height: The rows of the terminal; there are fewer lines.
    ///   - usesColor: Whether escape sequences for colours may be used.
    func lines(at time: Duration, width: Int, height: Int, usesColor: Bool) -> [String] {
        var lines = active.prefix(Self.namedNars).map { "  \($0.path.name) (\(Quantities.bytes($0.bytes)))" }
        if active.count > lines.count { lines.append("  and \(active.count - lines.count) more") }
        if let retry { lines.append("  \(retry)") }
        let fitting = lines.prefix(max(0, min(height - 2, Self.namedNars + 2))).map { String($0.prefix(max(0, width))) }
        var bar = self
        bar.retry = nil
        return [bar.bar(at: time, width: width, usesColor: usesColor)] + fitting
    }

    /// The line for a terminal.
    ///
    /// - Parameters:
    ///   - time: The time since the push began.
    ///   - width: The columns of the terminal; nothing longer is returned.
    ///   - usesColor: Whether escape sequences for colours may be used.
    func bar(at time: Duration, width: Int, usesColor: Bool) -> String {
        let text = line(at: time)
        let barWidth = min(30, width - text.count - 3)
        guard isCompared, finishedNars < nars, barWidth >= 8 else { return String(text.prefix(max(0, width))) }
        let share = bytesToRead > 0 ? min(1, Double(bytesRead) / Double(bytesToRead)) : 0
        let filled = Int(share * Double(barWidth))
        let bar = String(repeating: "#", count: filled)
        let rest = String(repeating: ".", count: barWidth - filled)
        return usesColor ? "[\u{1b}[32m\(bar)\u{1b}[0m\(rest)] \(text)" : "[\(bar)\(rest)] \(text)"
    }
}
