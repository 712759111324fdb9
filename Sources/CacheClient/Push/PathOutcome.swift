public import NarKit

/// What became of one of several paths.
public struct PathOutcome: Sendable {
    /// The path.
    public var path: StorePath
    /// Why it was not pushed; nil when it was.
    public var failure: ClientError?
    /// The server's signatures of the path, where they were asked for.
    public var signatures: [String]

    /// Describes an outcome.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - failure: Why it was not pushed.
    ///   - signatures: The server's signatures.
    public init(path: StorePath, failure: ClientError? = nil, signatures: [String] = []) {
        self.path = path
        self.failure = failure
        self.signatures = signatures
    }
}
