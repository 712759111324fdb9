import CacheCore
import Testing

/// What every object store has to do, whatever it stores in.
struct ObjectStoreConformance: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (any ObjectStoreFixture) async throws -> Void

    var testDescription: String { name }

    static let all = objects + listing + uploads + multiparts

    /// The smallest part that S3 takes, but for the last.
    static let partSize = 5 << 20

    /// The code of the error that a call throws; `nil` when it succeeds.
    static func code<Value>(_ body: () async throws -> Value) async throws -> ObjectStoreError.Code? {
        do {
            _ = try await body()
            return nil
        } catch let error as ObjectStoreError {
            return error.code
        }
    }
}
