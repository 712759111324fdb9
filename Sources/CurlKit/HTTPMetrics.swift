/// How a response came about, as known when its head arrived.
public struct HTTPMetrics: Hashable, Sendable {
    /// `1.0`, `1.1` or `2`, as the server wrote it.
    public let httpVersion: String

    /// Whether an open connection served, rather than a new one.
    public let reusedConnection: Bool

    /// The time from handing the request to the network until the head of the response was there.
    public let timeToHead: Duration

    /// Makes metrics, for tests and for answers from memory.
    ///
    /// - Parameters:
    ///   - httpVersion: the version of HTTP.
    ///   - reusedConnection: whether an open connection served.
    ///   - timeToHead: the time until the head of the response was there.
    public init(httpVersion: String = "1.1", reusedConnection: Bool = false, timeToHead: Duration = .zero) {
        self.httpVersion = httpVersion
        self.reusedConnection = reusedConnection
        self.timeToHead = timeToHead
    }
}
