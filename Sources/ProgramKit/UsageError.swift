/// The way in which a program was called or started cannot work, in one sentence that says what to do.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let message: String

    /// - Parameter message: one sentence, without a full stop.
    public init(_ message: String) {
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
