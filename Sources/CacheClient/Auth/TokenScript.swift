internal import CacheCore
internal import Subprocess

/// A command that prints a token.
public final class TokenScript: TokenSource {
    /// The command, in backquotes, and who named it, in parentheses; for messages.
    public let description: String
    private let command: String
    private let tokens: ExpiringToken

    /// How long the command may take.
    static let timeLimit = Duration.seconds(60)
    private static let outputLimit = 256 << 10

    /// Makes a source that runs a command, which prints `{"token":"…","expires_at":"…"}` on standard output.
    ///
    /// A token with `expires_at`, an RFC 3339 time or seconds since 1970, is used for three quarters of its life; without
    /// it, the command is run before every request.
    ///
    /// - Parameters:
    ///   - command: The command, split into words like a shell does, but not run by one.
    ///   - namedBy: The flag or setting that named it.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when it has no words, or a quotation does not end.
    public convenience init(_ command: String, namedBy: String) throws(ClientError) {
        try self.init(command, namedBy: namedBy, timeLimit: Self.timeLimit, now: WallClock.now)
    }

    init(
        _ command: String, namedBy: String, timeLimit: Duration, now: @escaping @Sendable () -> Timestamp
    ) throws(ClientError) {
        guard let words = ShellWords.split(command) else {
            throw ClientError(
                .invalidArgument,
                "The command of \(namedBy), `\(command)`, has a quotation that does not end: close it.")
        }
        guard let program = words.first, !program.isEmpty else {
            throw ClientError(.invalidArgument, "The command of \(namedBy) is empty: give one that prints a token.")
        }
        self.command = command
        let description = "`\(command)` (\(namedBy))"
        self.description = description
        let arguments = Array(words.dropFirst())
        tokens = ExpiringToken(now: now) { () throws(ClientError) in
            let output = try await Self.run(program, arguments, limit: timeLimit, description)
            return try TokenScriptOutput.parse(output, from: description)
        }
    }

    /// The token that the command printed last, or a new one.
    ///
    /// - Throws: ``ClientError`` with the code `credentials`, which names the command and what it said on standard error.
    public func token() async throws(ClientError) -> String? { try await tokens.token() }

    /// The token that the command prints now, unless it has printed another since.
    public func token(insteadOf refused: String) async throws(ClientError) -> String? {
        try await tokens.token(insteadOf: refused)
    }

    private static func run(
        _ program: String, _ arguments: [String], limit: Duration, _ description: String
    ) async throws(ClientError) -> [UInt8] {
        func failed(_ reason: String, cause: (any Error)? = nil) -> ClientError {
            ClientError(.credentials, "The token script \(description) \(reason).", cause: cause)
        }
        do {
            let result = try await ChildProcess.run(
                program, arguments, outputLimit: outputLimit, errorLimit: outputLimit, timeLimit: limit)
            guard !result.wasTooSlow else {
                throw failed("did not end within \(limit.components.seconds) s, and was ended: look why it hangs")
            }
            guard result.status.isSuccess else {
                let complaint = ChildProcess.lastLines(of: result.standardError)
                let reason = complaint.isEmpty ? "it said nothing on standard error" : complaint
                throw failed("failed with \(ChildProcess.text(of: result.status)): \(reason)")
            }
            return result.standardOutput
        } catch let error as ClientError {
            throw error
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw failed("cannot be run: there is no program \(program)", cause: error)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw failed("printed more than \(outputLimit) bytes: it must print one JSON object", cause: error)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw failed("could not be run: \(error)", cause: error)
        }
    }
}
