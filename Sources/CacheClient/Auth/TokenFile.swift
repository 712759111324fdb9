internal import Synchronization

/// A token in a file, which may change while we run.
public final class TokenFile: TokenSource {
    private let path: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let cached = Mutex<(token: String, readAt: ContinuousClock.Instant)?>(nil)
    /// The file and who named it, for messages: `/run/token (--auth-token-path)`.
    public let description: String

    /// For how long a token is used before the file is read again.
    public static let lifetime = Duration.seconds(60)

    /// Makes a source that reads a file, at most once a minute.
    ///
    /// - Parameters:
    ///   - path: The file; its first read is with the first request.
    ///   - namedBy: The flag or variable that named it.
    ///   - now: The clock.
    public init(
        path: String, namedBy: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.path = path
        self.now = now
        description = "\(path) (\(namedBy))"
    }

    /// The token in the file.
    ///
    /// - Throws: ``ClientError`` with the code `credentials` when the file is missing, empty or unreadable.
    public func token() async throws(ClientError) -> String? {
        let instant = now()
        if let known = cached.withLock({ $0 }), instant - known.readAt < Self.lifetime { return known.token }
        return try await read(at: instant)
    }

    /// The token in the file when it has changed; nil when it is still the refused one.
    ///
    /// - Throws: ``ClientError`` with the code `credentials` when the file is missing, empty or unreadable.
    public func token(insteadOf refused: String) async throws(ClientError) -> String? {
        if let known = cached.withLock({ $0 }), known.token != refused { return known.token }
        let token = try await read(at: now())
        return token == refused ? nil : token
    }

    private func read(at instant: ContinuousClock.Instant) async throws(ClientError) -> String {
        let path = path
        let bytes: [UInt8]?
        do throws(ClientError) {
            bytes = try await BlockingWork.run { () throws(ClientError) in
                try FileAccess.contents(of: path, limit: TokenText.maximumLength)
            }
        } catch {
            throw ClientError(
                .credentials, "The API token cannot be read: \(error.message) (\(description))", cause: error)
        }
        guard let bytes else {
            throw ClientError(
                .credentials, "The file of the API token, \(description), does not exist: create it or name another.")
        }
        let token = try TokenText.check(String(decoding: bytes, as: UTF8.self), from: description)
        cached.withLock { $0 = (token, instant) }
        return token
    }
}
