import CacheCore
import HTTPTypes
import Hummingbird
import NIOCore

/// Who leads a build farm: one line of JSON after the other, as long as the client listens.
struct FarmRoutes: Sendable {
    let leads: FarmLeads
    let bodies: JSONBodies
    let limits: ConnectionLimits

    private static let prefix = "/api/farm/lead"

    func add(to routes: GuardedRoutes) {
        routes.post(Self.prefix, use: lead)
        routes.post(Self.prefix + "/:farm", use: lead)
    }

    @Sendable private func lead(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let farm = try farm(of: request)
        let body: FarmLeadRequest =
            try await bodies.decodeIfPresent(
                from: request, context: context, limit: limits.smallBody) ?? FarmLeadRequest()
        let leads = leads
        let presence = ClientPresence(of: context)
        let lines = ResponseBody { writer in
            var member = leads.member(of: farm, isIncumbent: body.incumbent)
            do {
                repeat {
                    let line = FarmLeadLine(lead: await member.leads())
                    try await writer.write(ByteBuffer(bytes: try line.encoded() + [0x0A]))
                } while await presence.pause(until: member.nextTurn)
            } catch {
                await member.leave()
                throw error
            }
            await member.leave()
            try await writer.finish(nil)
        }
        // A proxy must not collect what has no end.
        var headers: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-store"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(status: .ok, headers: headers, body: lines)
    }

    private func farm(of request: Request) throws -> FarmID {
        guard let target = RequestTarget(request.head.path), target.rawPath != Self.prefix else { return .unnamed }
        return try FarmID(target.key(after: Self.prefix + "/") ?? "")
    }
}
