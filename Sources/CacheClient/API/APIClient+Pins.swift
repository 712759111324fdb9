public import CacheCore

extension APIClient {
    /// `GET /api/pins`: all pins.
    public func pins() async throws(ClientError) -> [Pin] {
        let path = "/api/pins"
        return try decode([Pin].self, from: try expectSuccess(try await call("GET", path), path))
    }

    /// `POST /api/pins/{name}`: keeps a closure by a name.
    ///
    /// - Parameters:
    ///   - name: The name, which may have been another closure's.
    ///   - storePath: The path of the closure's top.
    ///   - expiresAt: When the pin ends, by the server's clock; nil for never.
    ///   - keep: How many of the closures that had the name last stay, this one included; nil for this one only.
    /// - Throws: ``ClientError`` with the code `notFound` when the closure was never pushed.
    public func setPin(
        _ name: PinName, storePath: String, expiresAt: Timestamp? = nil, keep: Int? = nil
    ) async throws(ClientError) {
        let path = "/api/pins/\(name)"
        let request = SetPinRequest(storePath: storePath, expiresAt: expiresAt, keep: keep)
        let reply = try await call("POST", path, body: try encode(request))
        if reply.status == 404 {
            throw ClientError(
                .notFound, "\(server) cannot pin \(storePath): \(reply.text). Push the path first.")
        }
        _ = try expectSuccess(reply, path)
    }

    /// `DELETE /api/pins/{name}`: takes a name away.
    ///
    /// - Throws: ``ClientError`` with the code `notFound` when there is no such pin.
    public func removePin(_ name: PinName) async throws(ClientError) {
        let path = "/api/pins/\(name)"
        let reply = try await call("DELETE", path)
        if reply.status == 404 { throw ClientError(.notFound, "\(server) has no pin \(name).") }
        _ = try expectSuccess(reply, path)
    }
}
