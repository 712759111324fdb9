/// A request that failed and is sent again.
public struct RequestRetry: Sendable, Equatable {
    /// What failed, in a sentence.
    public var reason: String
    /// The number of the new attempt, from 2.
    public var attempt: Int

    /// Describes a retry.
    ///
    /// - Parameters:
    ///   - reason: What failed.
    ///   - attempt: The number of the new attempt.
    public init(reason: String, attempt: Int) {
        self.reason = reason
        self.attempt = attempt
    }
}
