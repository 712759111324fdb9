#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What the daemon answers: `{"status":"ok"}` once the paths are durable, or `{"status":"error","message":"…"}`.
enum HookReply: Equatable, Sendable {
    case ok
    case error(String)

    /// The largest answer, in bytes.
    static let sizeLimit = 64 << 10

    /// The answer to what is no request.
    static let invalidRequest = HookReply.error("invalid request")

    /// Reads the JSON object.
    ///
    /// - Parameter bytes: All of it.
    /// - Returns: Nil for anything that is no answer.
    init?(parsing bytes: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else { return nil }
        switch fields.status {
        case "ok": self = .ok
        case "error": self = .error(fields.message ?? "it gave no reason")
        default: return nil
        }
    }

    /// The JSON object in one line.
    var serialized: [UInt8] {
        guard case .error(let message) = self else { return Array("{\"status\":\"ok\"}\n".utf8) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Texts can always be encoded. The members are in the order in which they are documented.
        let text = (try? encoder.encode(message)) ?? Data("\"\"".utf8)
        return Array("{\"status\":\"error\",\"message\":".utf8) + text + Array("}\n".utf8)
    }

    private struct Fields: Decodable {
        var status: String
        var message: String?
    }
}
