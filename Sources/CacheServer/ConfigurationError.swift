/// A setting that cannot be used, in one sentence that names it and says what to do.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let message: String

    /// - Parameter message: one sentence, without a full stop.
    public init(_ message: String) {
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
