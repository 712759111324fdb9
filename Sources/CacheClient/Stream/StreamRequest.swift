#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A line of the streaming protocol: one path, or a batch of paths with an id.
enum StreamRequest: Equatable, Sendable {
    /// A path, to be pushed with whatever else waits.
    case path(String)
    /// Paths that are pushed together or not at all.
    case batch(id: StreamID?, paths: [String])
    /// A line that begins with a brace and is no request.
    case malformed(String)

    /// Reads a line.
    ///
    /// - Returns: The request; nil for a line with nothing on it.
    init?(_ line: LineReader.Line) {
        switch line {
        case .tooLong(let beginning):
            self = .malformed(String(decoding: beginning, as: UTF8.self) + "…")
        case .text(let bytes):
            let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
            let trimmed = bytes.drop(while: isSpace)
            guard let end = trimmed.lastIndex(where: { !isSpace($0) }) else { return nil }
            let text = String(decoding: trimmed[...end], as: UTF8.self)
            guard trimmed.first == UInt8(ascii: "{") else {
                self = .path(text)
                return
            }
            guard let request = try? JSONDecoder().decode(Batch.self, from: Data(trimmed)) else {
                self = .malformed(text)
                return
            }
            self = .batch(id: request.id, paths: request.paths)
        }
    }

    private struct Batch: Decodable {
        var id: StreamID?
        var paths: [String]
    }
}

/// The id of a batch, which comes back with its results as it was.
enum StreamID: Hashable, Sendable, Codable {
    case number(Int64)
    case text(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}
