/// The answer to `GET /api/closures`.
public struct ClosureListResponse: APIMessage, Hashable {
    /// Closures in byte order of their keys.
    public var closures: [ClosureSummary]
    /// What `after` has to be for the next page; nil after the last one.
    public var next: String?

    /// Makes an answer.
    public init(closures: [ClosureSummary], next: String? = nil) {
        self.closures = closures
        self.next = next
    }
}
