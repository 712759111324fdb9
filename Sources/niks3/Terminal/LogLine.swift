import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A line of the log.
struct LogLine {
    var level: Logger.Level
    var message: String
    /// The trace that requests of the program belong to, for machines.
    var traceID: String?
    var time = Date()

    /// The line in a format.
    func text(_ format: OutputOptions.LogFormat) -> String {
        switch format {
        case .text:
            switch level {
            case .error, .critical: "error: \(message)"
            case .warning: "warning: \(message)"
            default: message
            }
        case .json:
            (try? JSONEncoder.sorted.encode(
                Fields(level: level.rawValue, message: message, time: time, traceID: traceID)))
                .map { String(decoding: $0, as: UTF8.self) } ?? message
        }
    }

    private struct Fields: Encodable {
        var level: String
        var message: String
        var time: Date
        var traceID: String?

        enum CodingKeys: String, CodingKey {
            case level, message, time
            case traceID = "trace_id"
        }
    }
}

extension JSONEncoder {
    fileprivate static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
