import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request that was answered, for one line of the log. Queries are left out: presigned URLs are credentials.
struct AccessLogEntry: Sendable {
    let request: Request
    /// The other end of the connection.
    let client: SocketAddress?
    /// Who made the request, where that was asked.
    let caller: String?
    let status: Int
    /// The length of the answer's body; nil where it is not known.
    let bytes: Int?
    /// From the head of the request to the last byte of the answer.
    let duration: Duration
    /// Whether the client got all of the answer.
    let isWhole: Bool

    /// Writes the line.
    func write(to logger: Logger) {
        logger.log(level: level, "\(request.method.rawValue) \(request.uri.path)", metadata: metadata)
    }

    private var level: Logger.Level {
        if status >= 500 { return .warning }
        let changes = request.method == .post || request.method == .delete
        let isPerObject =
            request.uri.path == "/api/uploads/complete" || request.uri.path == "/api/multipart/request-parts"
        return changes && !isPerObject ? .info : .debug
    }

    private var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["status": "\(status)", "ms": "\(duration.milliseconds)"]
        if let caller { metadata["caller"] = "\(caller)" }
        if let bytes { metadata["bytes"] = "\(bytes)" }
        if let address = client?.ipAddress { metadata["client"] = "\(address)" }
        if let agent = request.headers[.userAgent] { metadata["agent"] = "\(agent.prefix(200))" }
        if !isWhole { metadata["broken_off"] = "true" }
        return metadata
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
