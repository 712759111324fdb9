/// What is wrong with the fields of a create request.
///
/// Which failure is told does not depend on the order in which a client writes the fields.
struct CreateUploadFailures: Sendable {
    private var failures: [CreateUploadField: CacheError] = [:]

    /// Keeps the first failure of a field.
    mutating func add(_ failure: CacheError, in field: CreateUploadField) {
        if failures[field] == nil { failures[field] = failure }
    }

    /// The failure of the first field that has one, in the order in which they are documented.
    var first: CacheError? {
        CreateUploadField.allCases.lazy.compactMap { failures[$0] }.first
    }
}

extension CacheError {
    /// A field whose value is of another kind than it has to be.
    static func wrongKind(_ kind: JSONKind, of path: String, needs: String) -> CacheError {
        CacheError(
            .invalidRequest,
            kind == .null
                ? "The JSON field \(path) is null but needs a value."
                : "The JSON field \(path) is not of the expected kind (\(needs)).")
    }
}
