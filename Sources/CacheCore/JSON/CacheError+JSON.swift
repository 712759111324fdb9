extension CacheError {
    /// A body that breaks the grammar of JSON.
    static let notJSON = CacheError(.invalidRequest, "The body is no valid JSON; send one JSON object.")
}
