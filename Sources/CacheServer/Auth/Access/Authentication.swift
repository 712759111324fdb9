import HTTPTypes
import Logging
import NIOCore

/// Finds out who makes a request, by one way after the other.
struct Authentication: Sendable {
    /// Asked in this order.
    let authenticators: [any Authenticator]

    /// Whether reads are for those only who are let in.
    var gatesReads: Bool { authenticators.contains { $0.gatesReads } }

    /// Who makes the request. A credential that does not count is logged: who tried, and why not, never the credential.
    ///
    /// - Throws: when a credential could not be checked.
    func principal(of request: AuthenticationRequest, logger: Logger) async throws -> Principal? {
        var refusals: [AuthenticationRefusal] = []
        for authenticator in authenticators {
            switch try await authenticator.authenticate(request) {
            case .absent: break
            case .accepted(let principal): return principal
            case .refused(let refusal): refusals.append(refusal)
            }
        }
        if refusals.isEmpty, request.bearsAuthorization {
            refusals = [AuthenticationRefusal(reason: "the credential is not known")]
        }
        guard !refusals.isEmpty else { return nil }
        let claimants = refusals.compactMap(\.claimant)
        logger.notice(
            "a login was refused",
            metadata: [
                "peer": "\(request.peer)",
                "claimant": "\(claimants.isEmpty ? "unknown" : claimants.joined(separator: ", "))",
                "reason": "\(refusals.map(\.reason).joined(separator: "; "))",
                "method": "\(request.head.method.rawValue)",
                "path": "\(RequestTarget(request.head.path)?.rawPath.prefix(256) ?? "")",
            ])
        return nil
    }
}

extension AuthenticationRequest {
    /// The address at the other end of the connection: the caller's, or that of a proxy.
    fileprivate var peer: String {
        guard let address = channel?.remoteAddress else { return "unknown" }
        return address.ipAddress ?? "socket"
    }
}
