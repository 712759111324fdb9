/// A hook ended the process that called it.
public struct LifecycleStopped: Error, Sendable {
    /// Makes the error.
    public init() {}
}
