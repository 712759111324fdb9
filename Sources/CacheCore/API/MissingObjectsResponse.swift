/// The body of a 409: which narinfos and NARs are neither uploaded nor present.
public struct MissingObjectsResponse: APIMessage, Hashable {
    /// The keys, sorted.
    public var missing: [String]
    /// The sentence of the error; nil from servers that send none.
    public var error: String?

    /// Makes a body.
    public init(missing: [String], error: String? = nil) {
        self.missing = missing
        self.error = error
    }
}
