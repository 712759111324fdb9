public import CacheCore

extension APIClient {
    /// `DELETE /api/closures`: begins a collection, or joins one with the same parameters.
    ///
    /// - Parameter parameters: What is to be collected.
    /// - Returns: Its status.
    /// - Throws: ``ClientError`` with the code `rejected` when another collection runs.
    public func beginCollection(_ parameters: GCParameters) async throws(ClientError) -> GCStatusResponse {
        let path = "/api/closures"
        let reply = try await call("DELETE", path + Self.query(parameters))
        if reply.status == 409, let conflict = try? GCConflictResponse.decode(reply.body) {
            throw ClientError(
                .rejected,
                "\(server) has been running another collection since \(conflict.activeTask.startedAt): wait until it has ended."
            )
        }
        let answer = try expectSuccess(reply, path)
        // Servers before 1.5 answer when all is done, with the bare statistics.
        if answer.status == 200, let statistics = try? GCStatistics.decode(answer.body) {
            return GCStatusResponse(
                state: .succeeded, params: parameters, stats: statistics, startedAt: Timestamp(microseconds: 0),
                updatedAt: Timestamp(microseconds: 0))
        }
        return try decode(GCStatusResponse.self, from: answer)
    }

    /// `DELETE /api/closures?dry_run=true`: what a collection would do now.
    ///
    /// - Parameter parameters: What would be collected.
    /// - Throws: ``ClientError`` with the code `rejected` when the server does not plan: a server that does not know
    ///   `dry_run` refuses the request for want of an age, rather than collect.
    public func collectionPlan(_ parameters: GCParameters) async throws(ClientError) -> GCPlanResponse {
        let path = "/api/closures"
        let reply = try await call("DELETE", path + Self.query(parameters, age: "dry_run=true&dry_run_older_than"))
        guard reply.status != 400 else {
            throw ClientError(
                .rejected,
                "\(server) makes no plan (400): \(reply.text). Nothing was changed; update the server if it cannot plan."
            )
        }
        return try decode(GCPlanResponse.self, from: try expectSuccess(reply, path))
    }

    /// `GET /api/gc/status`: the collection that runs, or the last one; nil when there never was one.
    public func collectionStatus() async throws(ClientError) -> GCStatusResponse? {
        let path = "/api/gc/status"
        let reply = try await call("GET", path)
        if reply.status == 404 { return nil }
        return try decode(GCStatusResponse.self, from: try expectSuccess(reply, path))
    }

    /// Collects: begins a collection, or joins one with the same parameters, and waits until it has ended.
    ///
    /// - Parameters:
    ///   - parameters: What is to be collected.
    ///   - interval: Between two looks.
    ///   - onProgress: Is told how far it is, at each look.
    /// - Returns: What was done.
    /// - Throws: ``ClientError`` with the code `serverFailure` when the collection failed.
    public func collect(
        _ parameters: GCParameters, interval: Duration = .seconds(2),
        onProgress: @Sendable (GCStatusResponse) -> Void = { _ in }
    ) async throws(ClientError) -> GCStatistics {
        var status = try await beginCollection(parameters)
        let begin = status.startedAt
        while status.state == .running {
            onProgress(status)
            do { try await Task.sleep(for: interval) } catch {
                throw ClientError(.cancelled, "The collection goes on at \(server); only the waiting was given up.")
            }
            guard let next = try await collectionStatus() else {
                throw ClientError(.serverFailure, "\(server) has forgotten the collection: look into its log.")
            }
            guard next.startedAt == begin else {
                throw ClientError(
                    .serverFailure, "The collection was taken over by another one at \(server): ask for its status.")
            }
            status = next
        }
        guard status.state == .succeeded else {
            throw ClientError(.serverFailure, "The collection failed at \(server): \(status.error ?? "see its log").")
        }
        return status.stats
    }

    private static func query(_ parameters: GCParameters, age: String = "older-than") -> String {
        let force = parameters.force ? "&force=true" : ""
        return "?\(age)=\(escaped(parameters.olderThan))"
            + "&failed-uploads-older-than=\(escaped(parameters.failedUploadsOlderThan))\(force)"
    }

    /// Durations hold nothing but digits, letters, dots and a sign; whatever else there is must not end the value.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || character == "." || character == "-" {
                result.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
