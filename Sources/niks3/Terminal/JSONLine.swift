import CacheClient
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A line of `--json`: an object whose `event` says what happened.
struct JSONLine {
    /// A member of the object.
    enum Value: Encodable {
        case text(String)
        case number(UInt64)
        case decimal(Double)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .decimal(let number): try container.encode(number)
            }
        }
    }

    private var members: [String: Value]

    init(_ event: String, _ members: [String: Value]) {
        self.members = members
        self.members["event"] = .text(event)
    }

    /// The line for an event; nil for those that come all the time.
    init?(_ event: PushEvent, in directory: StoreDirectory) {
        switch event {
        case .connected: self.init("connected", [:])
        case .planned(let paths, let bytes):
            self.init("planned", ["paths": .number(UInt64(paths)), "nar_bytes": .number(bytes)])
        case .compared(let paths, let nars, let bytes):
            self.init(
                "compared",
                ["new_paths": .number(UInt64(paths)), "nars": .number(UInt64(nars)), "nar_bytes": .number(bytes)])
        case .started(let path, let bytes):
            self.init("started", ["path": .text(path.path(in: directory)), "nar_bytes": .number(bytes)])
        case .finished(let path, let bytes, let compressed):
            self.init(
                "finished",
                [
                    "path": .text(path.path(in: directory)), "nar_bytes": .number(bytes),
                    "compressed_bytes": .number(compressed),
                ])
        case .warning(let message): self.init("warning", ["message": .text(message)])
        case .read, .sent, .kept: return nil
        }
    }

    /// The last line.
    init(_ summary: PushSummary) {
        self.init(
            "summary",
            [
                "new_paths": .number(UInt64(summary.newPaths)), "cached_paths": .number(UInt64(summary.cachedPaths)),
                "skipped_paths": .number(UInt64(summary.skippedPaths)),
                "upstream_paths": .number(UInt64(summary.upstreamPaths)), "bytes_read": .number(summary.bytesRead),
                "bytes_sent": .number(summary.bytesSent), "bytes_kept": .number(summary.bytesKept),
                "seconds": .decimal(((summary.duration / .milliseconds(1)).rounded()) / 1000),
            ])
    }

    /// The object with a line end.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(members) else { return "" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
