/// The head of a request that came to a ``FaultProxy``.
public struct ProxiedRequest: Hashable, Sendable {
    /// The method, in capitals.
    public let method: String

    /// Path and query as they were sent.
    public let target: String

    /// The path as it was sent.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// The parameters of the query as they were sent; one without a value has an empty one.
    public var query: [Substring: Substring] {
        let items = target.drop { $0 != "?" }.dropFirst().split(separator: "&").map { item in
            (item.prefix { $0 != "=" }, item.drop { $0 != "=" }.dropFirst())
        }
        return Dictionary(items) { first, _ in first }
    }
}
