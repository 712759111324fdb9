/// Reads the body of a create request as it arrives, without keeping the text.
///
/// It takes what ``CreateUploadRequest`` decodes and refuses the rest in the same words. Only the JSON has to be valid
/// throughout here, in fields that nobody reads too.
public struct CreateUploadScanner: Sendable {
    private var scanner: JSONScanner<CreateUploadReader>

    /// Begins to read.
    /// - Parameter kind: where the request names its top narinfos; the field of the other kind does not matter.
    public init(_ kind: CreateUploadDraft.Kind) {
        scanner = JSONScanner(CreateUploadReader(kind))
    }

    /// Reads the next piece of the body.
    /// - Throws: ``CacheError`` of code `invalidRequest` for what is no JSON; nothing more can be read then.
    public mutating func scan(_ bytes: Span<UInt8>) throws(CacheError) {
        try scanner.scan(bytes)
    }

    /// Says that the body has ended.
    /// - Returns: what it says.
    /// - Throws: ``CacheError`` of code `invalidRequest` with a sentence that names the field.
    public mutating func finish() throws(CacheError) -> CreateUploadDraft {
        try scanner.finish()
        return try scanner.sink.takeDraft()
    }
}
