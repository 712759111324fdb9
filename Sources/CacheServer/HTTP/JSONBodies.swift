import CacheCore
import HTTPTypes
import Hummingbird

/// Reads request bodies that are JSON, within limits.
struct JSONBodies: Sendable {
    let budget: BodyBudget

    /// Reads and decodes a whole body.
    ///
    /// - Parameter limit: in bytes.
    /// - Throws: ``APIError``: 413 for more than `limit`, 503 while too many other bodies are held in memory;
    ///   `CacheError` for what is not the JSON expected.
    func decode<Message: APIMessage>(
        from request: Request, context: CacheRequestContext, limit: Int
    ) async throws -> Message {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw APIError.tooLarge(limit: limit)
        }
        var bytes: [UInt8] = []
        defer { budget.giveBack(bytes.count) }
        for try await chunk in RequestBytes(request, context: context) {
            guard bytes.count + chunk.count <= limit else { throw APIError.tooLarge(limit: limit) }
            guard budget.take(chunk.count) else { throw Self.busy }
            bytes += chunk
        }
        return try Message.decode(bytes)
    }

    /// Reads a body to its end that may be empty and does not matter.
    func discard(from request: Request, context: CacheRequestContext, limit: Int) async throws {
        var count = 0
        for try await chunk in RequestBytes(request, context: context) {
            count += chunk.count
            guard count <= limit else { throw APIError.tooLarge(limit: limit) }
        }
    }

    private static let busy = {
        var error = APIError(
            .serviceUnavailable, code: "busy", "too many large requests are being received at once; try again")
        error.headers[.retryAfter] = "5"
        return error
    }()
}
