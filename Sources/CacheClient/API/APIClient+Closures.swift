public import CacheCore

extension APIClient {
    /// `GET /api/closures`: a page of the closures.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - after: Only those after this one, in byte order of their keys.
    ///   - search: Only those whose store path holds this; empty for all.
    /// - Returns: The page, which may have none and yet be followed by another.
    /// - Throws: ``ClientError`` with the code `notFound` when the server cannot list closures.
    public func closures(
        limit: Int = 50, after: String = "", search: String = ""
    ) async throws(ClientError) -> ClosureListResponse {
        let path = "/api/closures"
        let query = "?limit=\(limit)&after=\(QueryText.encoded(after))&search=\(QueryText.encoded(search))"
        let reply = try await call("GET", path + query)
        if reply.status == 404 || reply.status == 405 {
            throw ClientError(.notFound, "\(server) cannot list closures: update the server.")
        }
        return try decode(ClosureListResponse.self, from: try expectSuccess(reply, path))
    }

    /// `GET /api/closures/{key}`: a closure with the keys of all it keeps.
    ///
    /// - Parameter key: The key of its top narinfo.
    /// - Throws: ``ClientError`` with the code `notFound` when there is none.
    public func closure(_ key: String) async throws(ClientError) -> ClosureResponse {
        let path = "/api/closures/\(key)"
        let reply = try await call("GET", path)
        if reply.status == 404 { throw ClientError(.notFound, "\(server) has no closure \(key).") }
        return try decode(ClosureResponse.self, from: try expectSuccess(reply, path))
    }

    /// `DELETE /api/closures/{key}`: forgets a closure, so that the next collection takes what only it needs.
    ///
    /// - Parameter key: The key of its top narinfo.
    /// - Throws: ``ClientError`` with the code `notFound` when there is none or the server cannot do that, or `rejected` when
    ///   a pin keeps it.
    public func removeClosure(_ key: String) async throws(ClientError) {
        let path = "/api/closures/\(key)"
        let reply = try await call("DELETE", path)
        switch reply.status {
        case 404: throw ClientError(.notFound, "\(server) has no closure \(key).")
        case 405: throw ClientError(.notFound, "\(server) cannot delete single closures: update the server.")
        case 409: throw ClientError(.rejected, "\(server) keeps \(key): \(reply.text)")
        default: _ = try expectSuccess(reply, path)
        }
    }
}
