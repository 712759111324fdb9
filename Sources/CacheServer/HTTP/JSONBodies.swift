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
        var bytes: [UInt8] = []
        let share = try await read(request, context: context, limit: limit) { bytes += $0 }
        return try withExtendedLifetime(share) { try Message.decode(bytes) }
    }

    /// The same for a body that may be empty.
    ///
    /// - Returns: nil for an empty one.
    func decodeIfPresent<Message: APIMessage>(
        from request: Request, context: CacheRequestContext, limit: Int
    ) async throws -> Message? {
        var bytes: [UInt8] = []
        let share = try await read(request, context: context, limit: limit) { bytes += $0 }
        return try withExtendedLifetime(share) { bytes.isEmpty ? nil : try Message.decode(bytes) }
    }

    /// Hands a body on, piece by piece as it arrives.
    ///
    /// - Parameter limit: in bytes.
    /// - Returns: what the body takes of the budget, to be kept as long as what was made of it.
    /// - Throws: ``APIError``: 413 for more than `limit`, 503 while too many other bodies are held in memory; what
    ///   `body` throws.
    func read(
        _ request: Request, context: CacheRequestContext, limit: Int, _ body: ([UInt8]) throws -> Void
    ) async throws -> BodyShare {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw APIError.tooLarge(limit: limit)
        }
        let share = BodyShare(of: budget)
        var count = 0
        for try await chunk in RequestBytes(request, context: context) {
            count += chunk.count
            guard count <= limit else { throw APIError.tooLarge(limit: limit) }
            guard share.take(chunk.count) else { throw Self.busy }
            try body(chunk)
        }
        return share
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
