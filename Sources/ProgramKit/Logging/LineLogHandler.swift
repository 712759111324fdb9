public import Logging

/// Writes one line for each event.
public struct LineLogHandler: LogHandler {
    /// What is added to every line.
    public var metadata: Logger.Metadata = [:]
    /// The least that is written.
    public var logLevel: Logger.Level
    private let format: LogFormat
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> String

    /// - Parameters:
    ///   - level: the least that is written.
    ///   - format: for people or for machines.
    ///   - write: takes each line, with its newline, as standard error does.
    ///   - now: the time as RFC 3339.
    public init(
        level: Logger.Level, format: LogFormat, write: @escaping @Sendable (String) -> Void,
        now: @escaping @Sendable () -> String
    ) {
        logLevel = level
        self.format = format
        self.write = write
        self.now = now
    }

    /// A value that is added to every line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
            .map { (key: $0.key, value: "\($0.value)") }.sorted { $0.key < $1.key }
        switch format {
        case .text: write(text(level: event.level, message: "\(event.message)", metadata: all))
        case .json: write(json(level: event.level, message: "\(event.message)", metadata: all))
        }
    }

    private func text(level: Logger.Level, message: String, metadata: [(key: String, value: String)]) -> String {
        let label = level.rawValue.uppercased()
        let padding = String(repeating: " ", count: max(0, 7 - label.count))
        let pairs = metadata.map { pair in
            let isPlain = !pair.value.isEmpty && pair.value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
            return " \(pair.key)=\(isPlain ? pair.value : JSONText.quoted(pair.value))"
        }
        return "\(now()) \(label)\(padding) \(JSONText.escaped(message))\(pairs.joined())\n"
    }

    private func json(level: Logger.Level, message: String, metadata: [(key: String, value: String)]) -> String {
        let fixed = [("time", now()), ("level", level.rawValue), ("message", message)]
        let members = (fixed + metadata.map { ($0.key, $0.value) })
            .map { "\(JSONText.quoted($0.0)):\(JSONText.quoted($0.1))" }
        return "{\(members.joined(separator: ","))}\n"
    }
}
