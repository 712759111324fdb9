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
            (try? JSONEncoder.sorted.encode(Fields(level: level.rawValue, message: message, time: time)))
                .map { String(decoding: $0, as: UTF8.self) } ?? message
        }
    }

    private struct Fields: Encodable {
        var level: String
        var message: String
        var time: Date
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
