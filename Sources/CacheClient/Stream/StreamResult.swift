#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What became of one path of the streaming protocol.
struct StreamResult: Encodable, Equatable, Sendable {
    var id: StreamID?
    /// The path as it was asked for.
    var path: String
    var status: Status
    var message: String?
    /// The server's signatures of the path.
    var signatures: [String]?

    enum Status: String, Encodable, Sendable {
        case ok, error
    }

    /// The line, with its end.
    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { return "" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
