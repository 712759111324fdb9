import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// One line for each request, once it is answered. Queries are left out: presigned URLs are credentials.
struct AccessLog: Sendable {
    let logger: Logger

    /// Writes the line.
    ///
    /// - Parameters:
    ///   - caller: who made the request, where it had to say.
    ///   - bytes: the length of the answer's body; nil where it is not known.
    ///   - duration: from the head of the request to the last byte of the answer.
    ///   - isWhole: whether the client got all of the answer.
    func write(
        _ request: Request, from client: SocketAddress?, caller: String?, status: Int, bytes: Int?, duration: Duration,
        isWhole: Bool
    ) {
        logger.log(
            level: Self.level(of: request, status: status), "\(request.method.rawValue) \(request.uri.path)",
            metadata: Self.metadata(
                request, from: client, caller: caller, status: status, bytes: bytes, duration: duration,
                isWhole: isWhole))
    }

    private static func level(of request: Request, status: Int) -> Logger.Level {
        if status >= 500 { return .warning }
        let changes = request.method == .post || request.method == .delete
        let isPerObject =
            request.uri.path == "/api/uploads/complete" || request.uri.path == "/api/multipart/request-parts"
        return changes && !isPerObject ? .info : .debug
    }

    private static func metadata(
        _ request: Request, from client: SocketAddress?, caller: String?, status: Int, bytes: Int?, duration: Duration,
        isWhole: Bool
    ) -> Logger.Metadata {
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
