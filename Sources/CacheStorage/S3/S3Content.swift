import CacheCore
import CurlKit

/// The bytes of an object as the service sends them, with errors that name the object.
struct S3Content: AsyncSequence, Sendable {
    let key: String
    let place: String
    /// `nil` for no bytes.
    let body: HTTPResponseBody?

    struct AsyncIterator: AsyncIteratorProtocol {
        let key: String
        let place: String
        var chunks: HTTPResponseBody.AsyncIterator?

        mutating func next() async throws -> [UInt8]? {
            do {
                return try await chunks?.next()
            } catch {
                throw ObjectStoreError(.unavailable, "\(key) could not be read whole from \(place): \(error).")
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(key: key, place: place, chunks: body?.makeAsyncIterator())
    }
}
