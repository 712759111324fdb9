/// The answer to a collection that cannot begin because another one runs (status 409).
public struct GCConflictResponse: APIMessage, Hashable {
    /// One sentence.
    public var error: String
    /// The collection that runs.
    public var activeTask: GCStatusResponse

    /// Makes an answer.
    public init(error: String, activeTask: GCStatusResponse) {
        self.error = error
        self.activeTask = activeTask
    }

    private enum CodingKeys: String, CodingKey {
        case error
        case activeTask = "active_task"
    }
}
