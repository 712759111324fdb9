import S3Kit
import Testing

/// Expects an error of the library, and returns it.
@discardableResult
func expectS3Error(
    _ code: S3Error.Code, sourceLocation: SourceLocation = #_sourceLocation,
    from body: () async throws -> Void
) async -> S3Error? {
    do {
        try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
        return nil
    } catch {
        let error = error as? S3Error
        #expect(error?.code == code, "\(String(describing: error))", sourceLocation: sourceLocation)
        return error
    }
}
