/// Why an upload cannot be completed yet. The same upload may be completed again.
public struct CompletionRefusal: Hashable, Sendable {
    /// Keys of narinfos and NARs that are neither uploaded nor present, sorted.
    public var missing: [String]
    /// Which of them refer to a row that is gone. Their texts have to be written anew.
    public var dangling: [ObjectID]
    /// Sentences about texts that cannot be published, each naming its key.
    public var invalid: [String]

    /// Makes a refusal.
    public init(missing: [String] = [], dangling: [ObjectID] = [], invalid: [String] = []) {
        self.missing = missing
        self.dangling = dangling
        self.invalid = invalid
    }
}
