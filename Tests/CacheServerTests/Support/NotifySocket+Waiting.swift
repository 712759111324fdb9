#if os(Linux)
import TestServices

extension NotifySocket {
    /// Waits for a message.
    func receive(_ message: String) async throws {
        try await eventually("the message \(message)") { receive() == message ? () : nil }
    }
}
#endif
